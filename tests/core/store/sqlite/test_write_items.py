"""What comes often is written by one call for many: nobody pays for a neighbour's mistake."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence

import pytest

from core.store.sqlite import SqliteStore
from tests.core.store.notes_store import Gate, add, notes, turns

calls: list[tuple[str, ...]] = []


@pytest.fixture(autouse=True)
def no_calls() -> None:
    calls.clear()


def add_many(connection: sqlite3.Connection, bodies: Sequence[str]) -> list[str | Exception]:
    calls.append(tuple(bodies))
    results: list[str | Exception] = []
    for body in bodies:
        if body.startswith("raises"):
            raise LookupError(body)
        if body.startswith("refused"):
            results.append(LookupError(body))
            continue
        # A body that is there already ends the transaction.
        connection.execute("INSERT OR ROLLBACK INTO notes (body) VALUES (?)", (body,))
        results.append(body)
    return results[:-1] if bodies[-1] == "short" else results


def other_kind(connection: sqlite3.Connection, bodies: Sequence[str]) -> list[str | Exception]:
    return add_many(connection, bodies)


async def in_one_group(
    database: SqliteStore, *bodies: str, cancel: Sequence[str] = ()
) -> list[str | BaseException]:
    """Bodies that begin with "plain" are plain works, those that begin with "other" of another kind."""
    gate = Gate()
    holder = asyncio.create_task(database.write(gate))
    assert await asyncio.to_thread(gate.entered.wait, 10)
    tasks = [asyncio.create_task(_write(database, body)) for body in bodies]
    await turns()
    for body, task in zip(bodies, tasks, strict=True):
        if body in cancel:
            task.cancel()
    await turns()
    gate.opened.set()
    await holder
    return await asyncio.gather(*tasks, return_exceptions=True)


async def _write(database: SqliteStore, body: str) -> str:
    if body.startswith("plain"):
        return await database.write(add(body))
    return await database.write_item(body, other_kind if body.startswith("other") else add_many)


async def test_neighbours_share_one_call_and_keep_their_order(database: SqliteStore) -> None:
    assert await in_one_group(database, "a", "b", "c") == ["a", "b", "c"]
    assert calls == [("a", "b", "c")]
    assert await notes(database) == ["a", "b", "c"]


async def test_one_that_is_refused_costs_no_other_call(database: SqliteStore) -> None:
    first, refused, last = await in_one_group(database, "a", "refused", "b")
    assert (first, last) == ("a", "b")
    assert isinstance(refused, LookupError)
    assert len(calls) == 1
    assert await notes(database) == ["a", "b"]


async def test_a_single_one_that_is_refused_changes_nothing(database: SqliteStore) -> None:
    with pytest.raises(LookupError):
        await database.write_item("refused", add_many)


async def test_one_that_raises_is_found_and_fails_alone(database: SqliteStore) -> None:
    first, raised, last = await in_one_group(database, "a", "raises", "b")
    assert (first, last) == ("a", "b")
    assert isinstance(raised, LookupError)
    assert calls == [("a", "raises", "b"), ("a",), ("raises",), ("b",)]
    assert await notes(database) == ["a", "b"]


async def test_one_that_ends_the_transaction_is_found_and_fails_alone(database: SqliteStore) -> None:
    await database.write(add("taken"))
    first, ended, last = await in_one_group(database, "a", "taken", "b")
    assert (first, last) == ("a", "b")
    assert isinstance(ended, sqlite3.IntegrityError)
    assert await notes(database) == ["taken", "a", "b"]


async def test_one_whose_caller_is_gone_is_left_out(database: SqliteStore) -> None:
    first, gone, last = await in_one_group(database, "a", "gone", "b", cancel=["gone"])
    assert (first, last) == ("a", "b")
    assert isinstance(gone, asyncio.CancelledError)
    assert calls == [("a", "b")]


async def test_hooks_run_in_commit_order_for_those_that_were_kept(database: SqliteStore) -> None:
    heard: list[str] = []
    results = await asyncio.gather(
        *(database.write_item(body, add_many, on_commit=heard.append) for body in ("a", "refused", "b")),
        return_exceptions=True,
    )
    assert [result for result in results if isinstance(result, str)] == heard == ["a", "b"]
