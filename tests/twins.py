"""A store on each engine, to which the same is done, and which must answer the same."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from core.store import Store
from core.store.errors import StoreConflict
from core.store.migrations import Migration
from core.store.sqlite import SqliteStore
from core.store.tx import Tx
from tests.postgres_server import PostgresServer

T = TypeVar("T")


class Twins:
    """The two stores."""

    def __init__(self, one: Store, other: Store) -> None:
        self._stores = (one, other)

    async def both(self, work: Callable[[Tx], T]) -> T:
        """Runs `work` in both; returns the answer that both gave."""
        one, other = [await store.write(work) for store in self._stores]
        assert one == other
        return one

    async def refused(self, work: Callable[[Tx], object]) -> None:
        """Runs `work`, which breaks a constraint in both."""
        for store in self._stores:
            with pytest.raises((sqlite3.IntegrityError, StoreConflict)):
                await store.write(work)


@asynccontextmanager
async def opened_twins(
    folder: Path, server: PostgresServer, migrations: Sequence[Migration]
) -> AsyncIterator[Twins]:
    """Two empty stores, closed after the block."""
    from core.store.postgres import PostgresStore

    one = await SqliteStore.open(folder / "twin.db", migrations, app_version="0.1.0")
    try:
        url = server.emptied_url(migrations)
        other = await PostgresStore.open(url, migrations, app_version="0.1.0")
        try:
            yield Twins(one, other)
        finally:
            await other.close()
    finally:
        await one.close()
