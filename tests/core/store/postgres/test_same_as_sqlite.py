"""Any works in any groups: both engines and a model in memory agree, with errors at any statement."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.store import Sql, Store, Tx
from core.store.one_statement import OneStatement
from core.store.postgres import Limits, PostgresStore
from core.store.sqlite import SqliteStore
from tests.core.store.notes_store import Gate, turns
from tests.core.store.postgres.losing import Lose, end, losing_commits
from tests.core.store.postgres.notes import ALL
from tests.postgres_server import PostgresServer

Step: TypeAlias = tuple[str, str]
Work: TypeAlias = tuple[Step, ...]
# A group, and what is lost at its COMMIT: nothing, the connection before it, or the answer to it.
Group: TypeAlias = tuple[list[Work], str]
# What a work gives: the bodies it read, or that it failed.
Outcome: TypeAlias = list[tuple[str, ...]] | None

_BODIES = st.sampled_from("abc")
_STEPS = st.one_of(
    st.tuples(st.just("add"), _BODIES),
    st.tuples(st.just("put"), _BODIES),
    st.tuples(st.just("drop"), _BODIES),
    st.tuples(st.just("read"), st.just("")),
    st.tuples(st.sampled_from(["orphan", "raise", "wrong", "cut"]), st.just("")),
)
_WORKS = st.lists(_STEPS, max_size=4).map(tuple)
# An item alone, which one statement writes with those beside it.
_ITEMS = st.tuples(st.tuples(st.just("item"), st.sampled_from("xyz")))
_GROUPS = st.tuples(
    st.lists(st.one_of(_WORKS, _ITEMS), min_size=1, max_size=5), st.sampled_from(["", "", "before", "after"])
)

_STATEMENTS = {
    "add": "INSERT INTO notes (body) VALUES (?)",
    "put": "INSERT INTO notes (body) VALUES (?) ON CONFLICT (body) DO NOTHING",
    "drop": "DELETE FROM notes WHERE body = ?",
    "orphan": "INSERT INTO children (note) VALUES (404)",
    "wrong": "DELETE FROM nowhere",
}
_READ = "SELECT body FROM notes ORDER BY body"
_READ_ALL = "SELECT body FROM notes UNION ALL SELECT key FROM items"


def _keep_items(tx: Tx, keys: Sequence[str]) -> list[Outcome | Exception]:
    tx.executemany("INSERT INTO items (key) VALUES (?) ON CONFLICT DO NOTHING", [(key,) for key in keys])
    return [[(key,)] for key in keys]


keep_items: OneStatement[str, Outcome] = OneStatement(
    Sql(
        sqlite="",
        postgres="INSERT INTO items (key) SELECT DISTINCT key FROM unnest(?::text[]) AS t (key) ORDER BY key "
        "ON CONFLICT DO NOTHING",
    ),
    lambda keys: (list(keys),),
    lambda keys, _: [[(key,)] for key in keys],
    sqlite=_keep_items,
)


def is_item(work: Work) -> bool:
    return bool(work) and work[0][0] == "item"


def modelled(bodies: set[str], work: Work) -> tuple[set[str], Outcome]:
    """The bodies and keys of items after a work, and what it gives."""
    if is_item(work):
        return bodies | {work[0][1]}, [(work[0][1],)]
    after, seen = set(bodies), list[tuple[str, ...]]()
    for kind, body in work:
        if kind in {"orphan", "raise", "wrong"} or (kind == "add" and body in after):
            return bodies, None
        if kind == "drop":
            after.discard(body)
        elif kind == "read":
            seen.append(tuple(sorted(after & set("abc"))))
        elif kind != "cut":
            after.add(body)
    return after, seen


class Engine:
    """A store, and the number of works that succeeded as a participant counts them."""

    def __init__(self, store: Store, cut: Callable[[], None], lose: Lose | None) -> None:
        self.store = store
        self.successes = 0
        self._cut = cut
        self._lose = lose
        store.add_participant(self)

    def capture(self) -> object:
        return self.successes

    def restore(self, captured: object) -> None:
        assert isinstance(captured, int)
        self.successes = captured

    async def empty(self) -> None:
        def work(tx: Tx) -> None:
            tx.execute("DELETE FROM children")
            tx.execute("DELETE FROM notes")
            tx.execute("DELETE FROM items")
            self.successes = 0

        await self.store.write(work)

    async def run(self, group: Group) -> list[Outcome]:
        """Runs the works in one group."""
        works, lost = group
        gate = Gate()
        holder = asyncio.create_task(self.store.write(gate))
        assert await asyncio.to_thread(gate.entered.wait, 10)
        tasks = [asyncio.create_task(self._write(work)) for work in works]
        await turns()
        if lost and self._lose is not None:
            # The first COMMIT is that of the gate's own group.
            before = lost == "before"
            self._lose(self._cut if before else lambda: None, before=before, skip=1)
        gate.opened.set()
        await holder
        results = await asyncio.gather(*tasks, return_exceptions=True)
        if self._lose is not None:
            self._lose.disarm()  # where no work succeeded, there was no COMMIT
        return [None if isinstance(result, BaseException) else result for result in results]

    async def bodies(self) -> set[str]:
        rows = await self.store.read(lambda tx: tx.execute(_READ_ALL).fetchall())
        assert len(rows) == len(set(rows))
        return {row[0] for row in rows}

    async def _write(self, work: Work) -> Outcome:
        if is_item(work):
            return await self.store.write_item(work[0][1], keep_items)
        return await self.store.write(self._work(work))

    def _work(self, steps: Work) -> Callable[[Tx], Outcome]:
        cuts = [step for step in steps if step[0] == "cut"]

        def work(tx: Tx) -> Outcome:
            seen: list[tuple[str, ...]] = []
            self.successes += 1
            for kind, body in steps:
                if kind == "cut":
                    if cuts:
                        cuts.clear()  # once: the next try comes through
                        self._cut()
                elif kind == "raise":
                    raise LookupError
                elif kind == "read":
                    seen.append(tuple(row[0] for row in tx.execute(_READ)))
                else:
                    statement = _STATEMENTS[kind]
                    tx.execute(statement, (body,) if "?" in statement else ())
            return seen

        return work


@pytest.fixture(scope="module")
def engines(server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Runs a coroutine with both engines; they stay open over the examples."""
    path: Path = tmp_path_factory.mktemp("same") / "helix.db"
    limits = Limits(idle_in_transaction_ms=60_000)
    with asyncio.Runner() as runner, losing_commits() as lose:
        lite = runner.run(SqliteStore.open(path, ALL, app_version="0.1.0"))
        opening = PostgresStore.open(server.fresh_url(), ALL, app_version="0.1.0", limits=limits)
        other = runner.run(opening)
        both = (
            Engine(lite, lambda: None, None),
            # Alone, so that no other store of the tests is cut off.
            Engine(other, lambda: end(server), lose),
        )
        yield lambda story: runner.run(story(both))
        runner.run(lite.close())
        runner.run(other.close())


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(groups=st.lists(_GROUPS, min_size=1, max_size=3))
def test_engines_and_model_agree(engines: Any, groups: list[Group]) -> None:
    async def story(both: Sequence[Engine]) -> None:
        for engine in both:
            await engine.empty()
        bodies: set[str] = set()
        successes = 0
        for group in groups:
            expected: list[Outcome] = []
            for work in group[0]:
                bodies, outcome = modelled(bodies, work)
                expected.append(outcome)
                successes += outcome is not None and not is_item(work)
            for engine in both:
                assert await engine.run(group) == expected
                assert await engine.bodies() == bodies
                assert engine.successes == successes

    engines(story)
