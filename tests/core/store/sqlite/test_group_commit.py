"""Works that share a commit: one that fails takes nothing from its neighbours."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from core.store.errors import StoreError
from core.store.sqlite import SqliteStore
from tests.core.store.notes_store import Counter, add, in_one_group, notes, open_database


async def test_a_failing_work_leaves_its_neighbours_alone(database: SqliteStore) -> None:
    def broken(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO notes (body) VALUES ('half')")
        raise LookupError("no")

    results = await in_one_group(database, add("a"), broken, add("b"))
    assert results[0] == "a"
    assert isinstance(results[1], LookupError)
    assert results[2] == "b"
    assert await notes(database) == ["a", "b"]


async def test_a_statement_of_its_own_making_fails_as_itself(database: SqliteStore) -> None:
    await database.write(add("a"))
    with pytest.raises(sqlite3.IntegrityError):
        await database.write(add("a"))


@pytest.mark.parametrize("statement", ["ROLLBACK", "COMMIT", "END", "BEGIN"])
async def test_a_work_cannot_end_the_transaction_by_itself(database: SqliteStore, statement: str) -> None:
    def rude(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO notes (body) VALUES ('rude')")
        connection.execute(statement)

    results = await in_one_group(database, add("a"), rude, add("b"))
    assert results[0::2] == ["a", "b"]
    assert isinstance(results[1], sqlite3.DatabaseError)
    assert await notes(database) == ["a", "b"]


async def test_a_script_cannot_commit_half_a_group(database: SqliteStore) -> None:
    results = await in_one_group(
        database,
        add("a"),
        lambda connection: connection.executescript("INSERT INTO notes (body) VALUES ('s');"),
    )
    assert results[0] == "a"
    assert isinstance(results[1], sqlite3.DatabaseError)
    assert await notes(database) == ["a"]


async def test_an_error_that_ends_the_transaction_spares_the_others(database: SqliteStore) -> None:
    await database.write(add("taken"))

    def conflict(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT OR ROLLBACK INTO notes (body) VALUES ('taken')")

    results = await in_one_group(database, add("a"), conflict, add("b"))
    assert results[0::2] == ["a", "b"]
    assert isinstance(results[1], sqlite3.IntegrityError)
    assert await notes(database) == ["taken", "a", "b"]


async def test_an_error_that_ends_its_own_transaction_alone_reaches_its_caller(database: SqliteStore) -> None:
    await database.write(add("taken"))
    with pytest.raises(sqlite3.IntegrityError):
        await database.write(lambda c: c.execute("INSERT OR ROLLBACK INTO notes (body) VALUES ('taken')"))
    await database.write(add("after"))
    assert await notes(database) == ["taken", "after"]


async def test_a_work_that_hides_the_end_of_its_transaction_is_not_told_of_success(
    database: SqliteStore,
) -> None:
    await database.write(add("taken"))

    def hiding(connection: sqlite3.Connection) -> str:
        try:
            connection.execute("INSERT OR ROLLBACK INTO notes (body) VALUES ('taken')")
        except sqlite3.IntegrityError:
            return "fine"
        return "unexpected"

    results = await in_one_group(database, add("a"), hiding)
    assert results[0] == "a"
    assert isinstance(results[1], StoreError)


async def test_a_failing_commit_is_blamed_on_the_one_who_caused_it(database: SqliteStore) -> None:
    def orphan(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO children (note) VALUES (404)")

    results = await in_one_group(database, add("a"), orphan, add("b"))
    assert results[0::2] == ["a", "b"]
    assert isinstance(results[1], sqlite3.IntegrityError)
    assert await notes(database) == ["a", "b"]
    assert await database.read(lambda c: c.execute("SELECT count(*) FROM children").fetchone()[0]) == 0


async def test_a_full_disk_refuses_what_does_not_fit_and_keeps_the_rest(tmp_path: Path) -> None:
    told: list[Exception | None] = []
    database = await open_database(tmp_path, on_failure=told.append)
    try:
        pages = await database.write(lambda c: c.execute("PRAGMA page_count").fetchone()[0])
        await database.write(lambda c: c.execute(f"PRAGMA max_page_count = {pages + 4}").fetchone())
        results = await in_one_group(database, add("small"), add("x" * 200_000), add("tiny"))
        assert results[0::2] == ["small", "tiny"]
        assert isinstance(results[1], StoreError)
        assert "disk is full" in str(results[1])
        assert await notes(database) == ["small", "tiny"]
        await asyncio.sleep(0)
        assert isinstance(told[0], StoreError)
        assert told[-1] is None
        assert database.stats().last_error is None
        assert database.stats().failures >= 1
    finally:
        await database.close()


async def test_memory_beside_the_transaction_goes_back_with_it(database: SqliteStore) -> None:
    counter = Counter()
    database.add_participant(counter)

    def count(body: str, error: Exception | None = None) -> Callable[[sqlite3.Connection], int]:
        def work(connection: sqlite3.Connection) -> int:
            counter.value += 1
            connection.execute("INSERT OR ROLLBACK INTO notes (body) VALUES (?)", (body,))
            if error is not None:
                raise error
            return counter.value

        return work

    results = await in_one_group(database, count("a"), count("b", LookupError()), count("a"), count("c"))
    assert results[0] == 1
    assert isinstance(results[1], LookupError)
    assert isinstance(results[2], sqlite3.IntegrityError)
    assert results[3] == 2
    assert counter.value == 2
