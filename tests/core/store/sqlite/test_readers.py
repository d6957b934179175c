"""What a read may do, what it sees, and how many there may be."""

from __future__ import annotations

import asyncio
import sqlite3
import threading

import pytest

from core.store.errors import StoreError, StoreOverloaded
from core.store.sqlite import SqliteStore
from tests.core.store.notes_store import Gate, add, notes


async def test_a_reader_cannot_write(database: SqliteStore) -> None:
    with pytest.raises(StoreError):
        await database.read(lambda connection: connection.execute("DELETE FROM notes"))


async def test_a_read_after_a_write_sees_it(database: SqliteStore) -> None:
    await database.write(add("one"))
    assert await notes(database) == ["one"]


async def test_a_read_sees_one_moment_even_while_a_write_commits(database: SqliteStore) -> None:
    between = threading.Event()
    counted = threading.Event()

    def twice(connection: sqlite3.Connection) -> tuple[int, int]:
        first = connection.execute("SELECT count(*) FROM notes").fetchone()[0]
        counted.set()
        assert between.wait(10)
        return first, connection.execute("SELECT count(*) FROM notes").fetchone()[0]

    reading = asyncio.create_task(database.read(twice))
    assert await asyncio.to_thread(counted.wait, 10)
    await database.write(add("meanwhile"))
    between.set()
    assert await reading == (0, 0)


async def test_too_many_reads_are_refused(database: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.store.read_threads.READ_LIMIT", 1)
    gate = Gate()
    reading = asyncio.create_task(database.read(gate))
    assert await asyncio.to_thread(gate.entered.wait, 10)
    with pytest.raises(StoreOverloaded):
        await database.read(gate)
    gate.opened.set()
    await reading
