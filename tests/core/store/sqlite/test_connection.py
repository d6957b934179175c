"""How each connection of the store is set up."""

from __future__ import annotations

import asyncio
import sqlite3
import threading

import pytest

from core.store.sqlite import SqliteStore


def pragma(connection: sqlite3.Connection, name: str) -> object:
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", 5000),
        ("query_only", 0),
        ("wal_autocheckpoint", 4000),
        ("temp_store", 2),
    ],
)
async def test_the_writer_has_the_pragma(database: SqliteStore, name: str, value: object) -> None:
    assert await database.write(lambda connection: pragma(connection, name)) == value


@pytest.mark.parametrize(
    ("name", "value"),
    [("journal_mode", "wal"), ("foreign_keys", 1), ("busy_timeout", 5000), ("query_only", 1)],
)
async def test_every_reader_has_the_pragma(database: SqliteStore, name: str, value: object) -> None:
    together = threading.Barrier(2)

    def work(connection: sqlite3.Connection) -> object:
        together.wait(10)  # both readers at once: each answers for its own connection
        return pragma(connection, name)

    assert list(await asyncio.gather(database.read(work), database.read(work))) == [value, value]


async def test_the_writer_leaves_transactions_to_us(database: SqliteStore) -> None:
    assert await database.write(lambda connection: connection.isolation_level) is None


async def test_foreign_keys_are_enforced(database: SqliteStore) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        await database.write(lambda c: c.execute("INSERT INTO strict_children (note) VALUES (404)"))
