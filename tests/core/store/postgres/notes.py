"""A store on PostgreSQL with a table of notes, and ways to bring several works into one group."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from core.store.migrations import Migration
from core.store.postgres import Limits, PostgresStore
from core.store.tx import Tx
from tests.core.store.notes_store import ALL as NOTES
from tests.core.store.notes_store import turns

ITEMS = Migration(
    12, "items", ("CREATE TABLE items (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE)",)
)
ALL = (*NOTES, ITEMS)
# A test may hold a transaction open for longer than a process is allowed to.
PATIENT = Limits(idle_in_transaction_ms=60_000, lock_ms=20_000)


@asynccontextmanager
async def opened(url: str, limits: Limits = PATIENT, **options: Any) -> AsyncIterator[PostgresStore]:
    """An open store, closed after the block."""
    store = await PostgresStore.open(url, ALL, app_version="0.1.0", limits=limits, **options)
    try:
        yield store
    finally:
        await store.close()


def add(body: str) -> Callable[[Tx], str]:
    def work(tx: Tx) -> str:
        tx.execute("INSERT INTO notes (body) VALUES (?)", (body,))
        return body

    return work


def look(tx: Tx) -> list[str]:
    return [row[0] for row in tx.execute("SELECT body FROM notes ORDER BY id")]


async def notes(store: PostgresStore) -> list[str]:
    return await store.read(look)


class Gate:
    """Holds the writer's thread inside a work, so that what is submitted meanwhile lands in one group."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.opened = threading.Event()

    def __call__(self, _: Tx) -> None:
        self.entered.set()
        assert self.opened.wait(10)


@asynccontextmanager
async def gathered(store: PostgresStore) -> AsyncIterator[None]:
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


async def in_one_group(store: PostgresStore, *works: Callable[[Tx], object]) -> list[object | BaseException]:
    async with gathered(store):
        tasks = [asyncio.create_task(store.write(work)) for work in works]
    return await asyncio.gather(*tasks, return_exceptions=True)
