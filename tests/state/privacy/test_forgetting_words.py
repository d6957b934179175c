"""What a forgotten person wrote is gone too: where they wrote it, and where others' rows quote it."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core.runtime.kernel import Kernel, build_kernel
from core.settings import Settings
from core.store.dump import FORMAT, Head, digests
from core.store.moving import move
from core.store.postgres import PostgresStore
from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite import SqliteStore
from core.store.sqlite.shape import shape_of
from state.change import Actor, Change
from state.collective import Collective
from state.directives.policy import Rank
from state.events.by_hand import build_event
from state.opening import open_collective
from state.privacy.forget import forget
from state.privacy.personal import erase
from state.privacy.personal_table import PERSONAL
from state.schema import STATE_MIGRATIONS
from tests.manual_clock import ManualClock
from tests.postgres_server import PostgresServer

MIGRATIONS = (*CORE_MIGRATIONS, *STATE_MIGRATIONS)
ADA = Actor("command", "Adalovelace", 123456789012345678)
BOB = Actor("command", "Bobthebuilder", 223456789012345678)
NOW = datetime(2026, 2, 1, tzinfo=UTC)
# Columns of these tables that hold no words of a person: states, rules, numbers, and what Helix writes.
HELIX_WORDS = {
    ("alerts", name) for name in ("key", "severity", "summary", "detail", "metric")
} | {
    (table, name)
    for table, names in {
        "journal": ("kind", "cause"),
        "rituals": ("kind", "status", "key", "place", "start", "finish", "cause", "ended_cause"),
        "schedules": ("rule", "cause"),
        "contexts": ("cause", "content"),
        "directives": ("cause",),
        "manus": ("cause",),
        "backups": ("status", "file", "sha256", "cause", "detail"),
    }.items()
    for name in names
}  # fmt: skip


@pytest.fixture
def kernel(tmp_path: Path) -> Kernel:
    (tmp_path / "data").mkdir()
    return build_kernel(Settings(data_dir=tmp_path / "data", ritual_step_s=0.001))


async def ended(collective: Collective, text: str, actor: Actor) -> int:
    """The number of a directive that is asked for and carried out."""
    changed = asyncio.Event()
    stop = collective.directives.on_change(lambda _: changed.set())
    number = (await collective.directives.submit(text, actor=actor, rank=Rank.admin)).id
    async with asyncio.timeout(40):
        while (await collective.directives.get(number)).open:
            await changed.wait()
            changed.clear()
    stop()
    return number


async def live(collective: Collective) -> None:
    """Two people write all sorts of things; Ada's words begin with qadaq, Bob's with qbobq."""
    directives, contexts = collective.directives, collective.contexts
    for person, mark in ((ADA, "qadaq"), (BOB, "qbobq")):
        kept = await contexts.archive(f'{mark}plan\'s "end"', person, f"{mark}note")
        for other in (ADA, BOB):
            ucf = msgspec.structs.replace(collective.manager.snapshot.ucf, harmony=1.5)
            await collective.manager.change(partial(lambda ucf, _: Change(ucf=ucf), ucf))
            await contexts.restore(kept, other, shown=collective.manager.snapshot)
        for text in (
            f"archive {mark}shelf",
            f"alert raise {mark}key warning {mark}summary",
            f"alert raise shared critical {mark}reworded",
            f"{mark}nonsense {mark}more",
            'emit alert.raised {"summary": "' + mark + 'sent"}',
        ):
            await ended(collective, text, person)
        event = build_event("alert.cleared", {"summary": f"{mark}by command"}, datetime.now(UTC))
        await collective.webhooks.send(event, person.row("event", "alert.cleared"))
        await collective.manager.record(person.row("new-kind", f"{mark}subject", after=f"{mark}after"))
    (alert,) = [one for one in collective.alerts.open() if one.key == "qadaqkey"]
    await collective.alerts.ack(alert.id, BOB)
    await directives.halt(BOB, "qbobqhalt")
    taken_back = await directives.submit("archive qadaqtaken", actor=ADA, rank=Rank.admin)
    await directives.cancel(taken_back.id, BOB)
    await directives.submit("archive qadaqwaiting", actor=ADA, rank=Rank.admin)
    await collective.key_values.set("x#components", "someone", "search qadaqshelf")


@pytest.fixture
async def folder(kernel: Kernel) -> Path:
    folder = kernel.settings.data_dir
    database = await SqliteStore.open(folder / "helix.db", MIGRATIONS, app_version="0.1.0")
    collective = await open_collective(kernel, database)
    for loop in kernel.supervisor.loops():
        if loop.name != "directives":
            kernel.supervisor.remove(loop.name)
    kernel.supervisor.start()
    await live(collective)
    await kernel.supervisor.stop(5)
    await collective.close()
    await database.close()
    return folder


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def words_of(path: Path, mark: str) -> set[str]:
    """The words in the file that begin with a mark, and where they are found."""
    return {
        f"{table}.{column}: {value!r}"
        for (table,) in rows(path, "SELECT name FROM sqlite_schema WHERE type = 'table'")
        for column in [row[1] for row in rows(path, f"PRAGMA table_info({table})")]
        for (value,) in rows(path, f'SELECT "{column}" FROM {table}')  # noqa: S608 - a test's
        if mark in (value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value))
    }


async def test_the_words_of_the_person_are_gone_and_those_of_others_stay(folder: Path) -> None:
    path = folder / "helix.db"
    mine = words_of(path, "qbobq")
    assert len({one.partition(".")[0] for one in words_of(path, "qadaq")}) >= 6
    done = forget(folder, 123456789012345678, MIGRATIONS, NOW, remove_copies=False)
    assert words_of(path, "qadaq") == set()
    assert b"qadaq" not in path.read_bytes()
    lost = mine - words_of(path, "qbobq")
    # What quoted Ada or names her says something else, and the index is built anew.
    about_ada = {one for one in lost if "qadaq" in one or "Adalovelace" in one}
    assert {one for one in lost - about_ada if not one.startswith("search_data.")} == set()
    assert done.erased.mentioned == {}
    for query in ("qadaqplan", "qadaqshelf", "qadaqtaken", "qadaqnonsense", "qadaqsubject", "qadaqkey"):
        assert rows(path, f"SELECT rowid FROM search WHERE search MATCH '{query}'") == []  # noqa: S608 - likewise
    assert rows(path, "SELECT rowid FROM search WHERE search MATCH 'qbobqshelf'") != []


async def test_what_happened_stays_under_its_number(folder: Path) -> None:
    path = folder / "helix.db"
    (before,) = rows(path, "SELECT count(*) FROM journal")
    forget(folder, 123456789012345678, MIGRATIONS, NOW, remove_copies=False)
    assert rows(path, "SELECT count(*) FROM journal") == [(before[0] + 1,)]
    names = [name for (name,) in rows(path, "SELECT name FROM contexts WHERE actor IS NULL")]
    assert names == [
        f"forgotten {number}" for (number,) in rows(path, "SELECT id FROM contexts WHERE actor IS NULL")
    ]
    found = rows(path, "SELECT text, action, arguments, status FROM directives WHERE actor IS NULL")
    assert ("archive", "archive", "{}", "done") in found
    assert ("forgotten", "forgotten", "{}", "refused") in found
    tasks = rows(path, "SELECT after FROM journal WHERE kind = 'directive' AND actor_id = 223456789012345678")
    assert {"status": "cancelled", "task": "forgotten"} in [json.loads(after) for (after,) in tasks]


async def test_a_directive_that_waits_is_taken_back_and_the_others_go_on(
    folder: Path, kernel: Kernel
) -> None:
    forget(folder, 123456789012345678, MIGRATIONS, NOW, remove_copies=False)
    database = await SqliteStore.open(folder / "helix.db", MIGRATIONS, app_version="0.1.0")
    collective = await open_collective(build_kernel(kernel.settings, ManualClock(NOW)), database)
    assert collective.directives.counts["queued"] == 0
    assert {one.status for one in await collective.directives.newest()} <= {"done", "refused", "cancelled"}
    (number,) = rows(folder / "helix.db", "SELECT min(id) FROM contexts WHERE actor IS NULL")[0]
    assert (await collective.contexts.find(f"forgotten {number}")).id == number
    await collective.close()
    await database.close()


async def test_a_name_that_another_gave_too_stays_theirs(folder: Path, kernel: Kernel) -> None:
    database = await SqliteStore.open(folder / "helix.db", MIGRATIONS, app_version="0.1.0")
    collective = await open_collective(build_kernel(kernel.settings, ManualClock(NOW)), database)
    kept = await collective.contexts.archive("qadaqshelf", BOB)
    await collective.contexts.restore(kept, BOB, shown=collective.manager.snapshot)
    await collective.close()
    await database.close()
    forget(folder, 123456789012345678, MIGRATIONS, NOW, remove_copies=False)
    assert rows(folder / "helix.db", "SELECT name FROM contexts WHERE name LIKE 'qadaq%'") == [
        ("qadaqshelf",)
    ]
    subjects = "SELECT count(*) FROM journal WHERE subject = 'qadaqshelf' AND actor_id = 223456789012345678"
    assert rows(folder / "helix.db", subjects) == [(2,)]


async def test_an_event_that_is_gone_takes_no_later_one_with_it(folder: Path) -> None:
    path = folder / "helix.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM outbox WHERE payload LIKE '%qadaq%'")
        connection.execute("UPDATE outbox SET at_us = at_us + 60000000")
    before = rows(path, "SELECT seq FROM outbox")
    forget(folder, 123456789012345678, MIGRATIONS, NOW, remove_copies=False)
    assert rows(path, "SELECT seq FROM outbox") == before


def test_every_text_beside_a_name_is_erased_or_known_to_be_of_helix() -> None:
    covered = {(one.table, name) for one in PERSONAL for name in (*one.names, *one.words, *one.instead)}
    places = {one.table for one in PERSONAL}
    texts = {
        (table.name, column.name)
        for table in shape_of(MIGRATIONS)
        for column in table.columns
        if table.name in places and column.kind in {"TEXT", "BLOB"}
    }
    unknown = texts - covered - HELIX_WORDS
    assert not unknown, f"words of the person? Then add to state/privacy/personal_table.py: {sorted(unknown)}"


async def test_both_engines_forget_alike(folder: Path, postgres: PostgresServer, tmp_path: Path) -> None:
    tables = shape_of(MIGRATIONS)
    head = Head(format=FORMAT, app_version="test", schema=max(each.number for each in MIGRATIONS))
    first = await SqliteStore.open(folder / "helix.db", MIGRATIONS, app_version="0.1.0")
    url = postgres.emptied_url(MIGRATIONS)
    second = await PostgresStore.open(url, MIGRATIONS, app_version="0.1.0")
    await move(first, second, tables, head, tmp_path)
    erased = [await store.write(partial(erase, user_id=123456789012345678)) for store in (first, second)]
    assert erased[0] == erased[1]
    assert set(erased[0].rows) == {
        "alerts", "contexts", "directives", "journal", "outbox", "remembered",
    }  # fmt: skip
    contents = [await store.read(partial(digests, tables=tables)) for store in (first, second)]
    assert contents[0] == contents[1]
    await first.close()
    await second.close()
