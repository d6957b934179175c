"""A store with a table of notes, and ways to bring several works into one group."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from core.store import Store
from core.store.migrations import Migration
from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite import SqliteStore
from core.store.tx import Tx

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


def add(body: str) -> Callable[[Tx], str]:
    def work(tx: Tx) -> str:
        tx.execute("INSERT INTO notes (body) VALUES (?)", (body,))
        return body

    return work


def look(tx: Tx) -> list[str]:
    return [row[0] for row in tx.execute("SELECT body FROM notes ORDER BY id")]


async def notes(store: Store) -> list[str]:
    return await store.read(look)


class Gate:
    """Holds the writer thread inside a work, so that what is submitted meanwhile lands in one group."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.opened = threading.Event()

    def __call__(self, _: object) -> None:
        self.entered.set()
        assert self.opened.wait(10)


class Counter:
    """Memory in the writer thread, as the newest snapshot is."""

    def __init__(self) -> None:
        self.value = 0

    def capture(self) -> object:
        return self.value

    def restore(self, captured: object) -> None:
        assert isinstance(captured, int)
        self.value = captured


async def turns() -> None:
    """Until what this turn of the loop began has been submitted, and handed over to the writer thread."""
    for _ in range(3):
        await asyncio.sleep(0)


def store_threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name.startswith("helix-store")}


@asynccontextmanager
async def gathered(store: Store) -> AsyncIterator[None]:
    """What is submitted in the block is one group."""
    gate = Gate()
    holder = asyncio.create_task(store.write(gate))
    assert await asyncio.to_thread(gate.entered.wait, 10)
    try:
        yield
        await turns()
    finally:
        gate.opened.set()
        await holder


async def in_one_group(store: Store, *works: Callable[[Any], object]) -> list[object | BaseException]:
    async with gathered(store):
        tasks = [asyncio.create_task(store.write(work)) for work in works]
    return await asyncio.gather(*tasks, return_exceptions=True)
