"""Stores on each engine for the tests that run on both: a SQLite file, or tables in a real PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, Literal

from core.store import Store
from core.store.migrations import Migration
from core.store.sqlite import SqliteStore
from tests.postgres_server import PostgresServer

Engine = Literal["sqlite", "postgres"]
ENGINES: Final[tuple[Engine, ...]] = ("sqlite", "postgres")


class Stores:
    """Opens stores of one engine; on PostgreSQL, those of one test share its tables.

    Args:
        engine: "sqlite" or "postgres".
        folder: where files of SQLite go.
        server: gives the server; asked only for PostgreSQL.
    """

    def __init__(self, engine: Engine, folder: Path, server: Callable[[], PostgresServer]) -> None:
        self.engine = engine
        self._path = folder / "helix.db"
        self._server = server
        self._url: str | None = None

    @asynccontextmanager
    async def opened(
        self, migrations: Sequence[Migration], version: str = "0.1.0", **options: Any
    ) -> AsyncIterator[Store]:
        """An open store, closed after the block; opening it again finds what was written."""
        store = await self.open(migrations, version, **options)
        try:
            yield store
        finally:
            await store.close()

    async def open(self, migrations: Sequence[Migration], version: str = "0.1.0", **options: Any) -> Store:
        """An open store, which the caller closes."""
        if self.engine == "sqlite":
            return await SqliteStore.open(self._path, migrations, app_version=version, **options)
        from core.store.postgres import PostgresStore
        from core.store.postgres.connection import Limits

        if self._url is None:
            self._url = self._server().emptied_url(migrations)
        # A busy machine may stop a test within a transaction for longer than the second that is allowed.
        patient = Limits(idle_in_transaction_ms=60_000)
        return await PostgresStore.open(self._url, migrations, app_version=version, limits=patient, **options)
