"""A store with a table of notes, and ways to bring several works into one group."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

from core.store.migrations import Migration
from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite import SqliteStore

NOTES = Migration(10, "notes", ("CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT UNIQUE NOT NULL)",))
CHILDREN = Migration(
    11,
    "children",
    (
        "CREATE TABLE children (note INTEGER NOT NULL REFERENCES notes (id) DEFERRABLE INITIALLY DEFERRED)",
        "CREATE TABLE strict_children (note INTEGER NOT NULL REFERENCES notes (id))",
    ),
)
ALL = (*CORE_MIGRATIONS, NOTES, CHILDREN)


async def open_database(
    folder: Path,
    *,
    on_failure: Callable[[Exception | None], None] | None = None,
    queue_limit: int = 100_000,
) -> SqliteStore:
    path = folder / "helix.db"
    return await SqliteStore.open(
        path, ALL, app_version="0.1.0", on_failure=on_failure, queue_limit=queue_limit
    )


def add(body: str) -> Callable[[sqlite3.Connection], str]:
    def work(connection: sqlite3.Connection) -> str:
        connection.execute("INSERT INTO notes (body) VALUES (?)", (body,))
        return body

    return work


async def notes(database: SqliteStore) -> list[str]:
    return await database.read(
        lambda connection: [row[0] for row in connection.execute("SELECT body FROM notes ORDER BY id")]
    )


class Gate:
    """Holds the writer thread inside a work, so that what is submitted meanwhile lands in one group."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.opened = threading.Event()

    def __call__(self, _: object) -> None:
        self.entered.set()
        assert self.opened.wait(10)


async def turns() -> None:
    """Until what this turn of the loop began has been submitted, and handed over to the writer thread."""
    for _ in range(3):
        await asyncio.sleep(0)


async def in_one_group(
    database: SqliteStore, *works: Callable[[sqlite3.Connection], object]
) -> list[object | BaseException]:
    gate = Gate()
    holder = asyncio.create_task(database.write(gate))
    assert await asyncio.to_thread(gate.entered.wait, 10)
    tasks = [asyncio.create_task(database.write(work)) for work in works]
    await turns()
    gate.opened.set()
    await holder
    return await asyncio.gather(*tasks, return_exceptions=True)
