"""A store on PostgreSQL with tables of notes and items."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from core.store.migrations import Migration
from core.store.postgres import Limits, PostgresStore
from tests.core.store.notes_store import ALL as NOTES

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
