"""Every function of these tables does the same and answers the same on each engine."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import msgspec
import pytest

from core.store import Store, Tx, kv_table
from core.store.moments import to_us
from core.store.schema import CORE_MIGRATIONS
from state import snapshot_table
from state.change import Actor
from state.contexts import context_table
from state.contexts.records import Content, Context
from state.journal import journal_table, ucf_history_table
from state.models import METRICS, UCF, AgentReport, Lore, Snapshot
from state.projection import projection_table
from state.schema import STATE_MIGRATIONS
from state.services import probe_table
from state.slo import slo_table
from state.slo._sums import Sums
from state.views import week_table
from tests.manual_clock import DEFAULT_START
from tests.postgres_server import PostgresServer
from tests.stores import ENGINES, Stores

TABLES: Final = (
    context_table, journal_table, kv_table, probe_table, projection_table, slo_table, snapshot_table,
    ucf_history_table, week_table,
)  # fmt: skip
FILLED: Final = {
    "contexts": "id", "journal": "id", "remembered": "scope, key", "probes": "id", "projection": "serial",
    "slo_minutes": "id", "snapshot": "id", "ucf_history": "version",
}  # fmt: skip
NOW: Final = DEFAULT_START
NOW_US: Final = to_us(NOW)
MINUTE_US: Final = 60_000_000
SPAN: Final = (NOW_US, NOW_US + 9 * MINUTE_US)
ADA: Final = Actor("command", "Ada", 7)
HOURLY: Final = Actor("webhook")
METRIC: Final = "harmony"

Call = Callable[[Tx], Any]


def ucf(harmony: float) -> UCF:
    return UCF(**{**dict.fromkeys(METRICS, 0.25), METRIC: harmony})


def snapshot(number: int, harmony: float) -> Snapshot:
    at = NOW + timedelta(minutes=number)
    return Snapshot(
        version=number,
        changed_at=at,
        source="tune" if number % 2 else "file",
        ucf=ucf(harmony),
        reports={"Zoë": AgentReport(agent="Zoë", status="active", reported_at=at, task='"so"')},
        folklore={"flare": Lore(kind="flare", encounters=number, last_seen=at)},
    )


def context(name: str) -> Context:
    return Context(
        id=0, at=NOW, name=name, version=3, newest=True, actor="Ada", note="noted",
        content=Content(ucf=ucf(0.5), folklore={}, agents=()),
    )  # fmt: skip


def journal_rows() -> Iterator[tuple[Any, ...]]:
    """Rows as `insert_rows` makes them, one a minute."""
    written: list[tuple[str, str, object, object]] = [
        ("ritual", "12", None, {"status": "done"}),
        ("ritual", "13", None, {"status": "cancelled", "note": "a\0b", "backslash": "\\u0000"}),
        ("directive", "3", {"status": "done"}, {"no status": 1}),
        ("folklore", "flare", None, "legend"),
        ("folklore", "void", "legend", 3),
        ("alert", "cpu", None, {"level": 1}),
        ("alert", "cpu", {"level": 1}, None),
        ("alert", "cpu", {"level": 1}, {"level": 2}),
        ("backup", "made", None, {"size_bytes": 12}),
        ("backup", "made", None, {"size_bytes": None}),
        ("backup", "made", None, "failed"),
        ("backup", "made", None, None),
        ("agent", "Éva", "active", "idle"),
        ("agent", "ÉVA", "idle", "active"),
        ("agent", "Aether", "active", [1, 2.5, True]),
        ("agent", "aether", 0.1, "x'y"),
        ("ucf", "Harmony", 0.5, 1e-7),
    ]
    for number, (kind, subject, before, after) in enumerate(written):
        texts = (None if value is None else msgspec.json.encode(value).decode() for value in (before, after))
        cause = "ritual" if kind == "folklore" else "command"
        at_us = NOW_US + number % 10 * MINUTE_US
        yield (at_us, kind, subject, cause, "Zoë", None if number % 2 else 2**60, "why", *texts)


def probes() -> Iterator[tuple[Any, ...]]:
    for number, (name, up) in enumerate(
        [("a", 1), ("a", 0), ("a", 0), ("b", 1), ("b", 1), ("c", 0), ("c", 1)]
    ):
        yield (NOW_US + number, name, up, 200 if up else None, number * 10, None if up else "late")


def minute(number: int) -> slo_table.Minute:
    sums = Sums(requests=number, timed_s=number / 3, timed={"0.1": number})
    return slo_table.Minute(at=NOW + timedelta(minutes=number), span=timedelta(minutes=1), sums=sums)


def changes() -> Iterator[Call]:
    """What fills the tables."""
    yield partial(journal_table.insert, rows=list(journal_rows()))
    yield partial(probe_table.insert, rows=list(probes()))
    for number, harmony in enumerate([0.5, 0.7, 0.7, 0.1, 0.30000000000000004, 1.9, 1.9, 0.0], start=1):
        yield partial(snapshot_table.write_snapshot, snapshot=snapshot(number, harmony))
        yield partial(snapshot_table.write_history, snapshot=snapshot(number, harmony))
        yield partial(slo_table.append, minute=minute(number), kept_since=NOW + timedelta(minutes=3))
    for name, actor in [
        ("Straße", ADA),
        ("STRASSE", HOURLY),
        ("100%_", ADA),
        ("straße", ADA),
        ("ÉÉ", HOURLY),
    ]:
        yield partial(context_table.insert, context=context(name), actor=actor)
    for number, key in enumerate(("b", "a", "ä", "B")):
        put = partial(kv_table.put, scope="sandbox#1", key=key, at=NOW + timedelta(seconds=number))
        yield partial(put, value="first")
        yield partial(put, value=f"'{key}'")
    yield partial(kv_table.put, scope="sand", key="k", value="", at=NOW)
    for file in ("a.json", "b.json"):
        for content in (b"1", b"2", b"1", b"3"):
            yield partial(projection_table.commit, file=file, content_hash=projection_table.digest(content))


def reads() -> Iterator[Call]:
    yield from journal_reads()
    yield from history_reads()
    yield from digest_reads()
    yield from other_reads()


def journal_reads() -> Iterator[Call]:
    for subject in (None, "AETHER", "éva", "Éva"):
        for kinds in (None, ["agent", "ucf"], []):
            yield partial(journal_table.count, subject=subject, kinds=kinds, since_us=NOW_US)
            page = partial(journal_table.page, subject=subject, kinds=kinds, limit=5)
            yield partial(page, since_us=None, before_id=15)
            yield partial(page, since_us=NOW_US + 3, before_id=None)
    yield journal_table.size
    yield partial(journal_table.count_by_kind, since_us=NOW_US)


def history_reads() -> Iterator[Call]:
    yield ucf_history_table.first
    for metric in METRICS:
        for carried in (None, 0.5):
            changed = partial(ucf_history_table.changes, metric=metric, span_us=SPAN)
            yield partial(changed, carried=carried, most=4)
        yield partial(ucf_history_table.buckets, metric=metric, span_us=SPAN, width_us=2 * MINUTE_US + 7)
    for moment_us in (0, NOW_US + 2 * MINUTE_US, 2**62):
        yield partial(ucf_history_table.at, moment_us=moment_us)
        yield partial(ucf_history_table.value_at, metric=METRIC, moment_us=moment_us)
        yield partial(ucf_history_table.newest, until_us=moment_us, most=3)
    yield partial(ucf_history_table.first, since_us=NOW_US + MINUTE_US + 1, until_us=SPAN[1])
    yield partial(ucf_history_table.count_by_source, since_us=SPAN[0], until_us=SPAN[1])


def digest_reads() -> Iterator[Call]:
    for kind in ("ritual", "directive"):
        yield partial(week_table.statuses, span_us=SPAN, kind=kind)
    for count in (week_table.promotions, week_table.alerts, week_table.agents, week_table.backups):
        yield partial(count, span_us=(NOW_US, 2**62))
    for name in ("a", "b", "c", "d"):
        yield partial(probe_table.uptime, name=name, since_us=NOW_US + 1)
    yield probe_table.last_changes
    yield probe_table.newest
    yield partial(slo_table.load, since=NOW + timedelta(minutes=5), until=NOW + timedelta(minutes=7))
    yield partial(slo_table.load, since=NOW + timedelta(minutes=20), until=NOW + timedelta(minutes=30))


def other_reads() -> Iterator[Call]:
    for number, folded in ((2, ""), (99, ""), (None, "strasse"), (None, "none")):
        yield partial(context_table.find, number=number, folded=folded)
    yield partial(context_table.find_noted, name="STRASSE", cause="webhook", note="noted")
    for text in ("", "ss", "%", "_", "É"):
        yield partial(context_table.page, containing=text, newest_id=None)
    yield partial(context_table.page, containing="", newest_id=3)
    yield context_table.distinct_names
    yield context_table.restorable_names
    yield context_table.last_rituals
    yield snapshot_table.read_snapshot
    yield snapshot_table.read_version
    yield partial(kv_table.items, scope="sandbox#1")
    yield partial(kv_table.find, scope="sandbox#1", key="ä")
    yield partial(kv_table.find, scope="sandbox#1", key="Ä")
    yield partial(projection_table.known, file="a.json")


def deletions() -> Iterator[Call]:
    yield partial(journal_table.prune, before_us=NOW_US + 4 * MINUTE_US, most=3)
    yield partial(probe_table.prune, before_us=NOW_US + 2)
    yield partial(ucf_history_table.prune, before_us=NOW_US + 4 * MINUTE_US)
    yield partial(kv_table.keep_newest, scope="sandbox#1", key="b", most=3, now=NOW + timedelta(seconds=2))
    yield partial(kv_table.delete, scope="sandbox#1", key="b")
    yield partial(kv_table.delete, scope="sandbox#1", key="b")
    yield partial(kv_table.delete_scopes, prefix="sandbox#")
    second = projection_table.digest(b"2")
    yield partial(projection_table.confirm, file="a.json", content_hash=projection_table.digest(b"1"))
    yield partial(projection_table.commit, file="a.json", content_hash=second)
    yield partial(projection_table.confirm, file="a.json", content_hash=second)
    adopt = partial(projection_table.adopt, file="b.json", content_hash=second)
    yield partial(adopt, rendered_hash=projection_table.digest(b"4"))
    yield projection_table.forget_all
    yield slo_table.forget


async def test_both_engines_answer_the_same(tmp_path: Path, postgres: PostgresServer) -> None:
    answers = []
    for engine in ENGINES:
        stores = Stores(engine, tmp_path, lambda: postgres)
        async with stores.opened((*CORE_MIGRATIONS, *STATE_MIGRATIONS)) as store:
            answers.append([answer async for answer in _answers(store)])
    for ours, theirs in zip(*answers, strict=True):
        assert ours == theirs


async def _answers(store: Store) -> Any:
    for call in changes():
        yield str(call), await store.write(call)
    yield "filled", await store.read(_rows)
    for call in reads():
        answer = await store.read(call)
        # Dictionaries are equal in any order; these are ordered.
        yield str(call), list(answer.items()) if isinstance(answer, dict) else answer
    for call in deletions():
        yield str(call), await store.write(call)
        yield "left", await store.read(_rows)


def _rows(tx: Tx) -> dict[str, list[tuple[Any, ...]]]:
    return {
        table: [tuple(row) for row in tx.execute(f"SELECT * FROM {table} ORDER BY {key}")]  # noqa: S608
        for table, key in FILLED.items()
    }


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_no_function_is_left_out(table: ModuleType) -> None:
    called = {_function(call) for call in (*changes(), *reads(), *deletions())}
    assert [name for name, one in _of_a_transaction(table) if one not in called] == []


def _of_a_transaction(table: ModuleType) -> Iterator[tuple[str, object]]:
    for name, one in inspect.getmembers(table, inspect.isfunction):
        is_own = one.__module__ == table.__name__ and not name.startswith("_")
        if is_own and "tx" in inspect.signature(one).parameters:
            yield name, one


def _function(call: object) -> object:
    return call.func if isinstance(call, partial) else call
