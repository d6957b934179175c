"""The store of an earlier Helix that was used, an empty one, and what a comparison of stores needs."""

from __future__ import annotations

import tarfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from core.store import Store
from core.store.dump import Head, TableEnd, digests
from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite import SqliteStore
from core.store.sqlite.shape import shape_of
from state.schema import STATE_MIGRATIONS

LEFT = Path(__file__).parents[2] / "fixtures" / "november_2026" / "data.tar.gz"
ALL = (*CORE_MIGRATIONS, *STATE_MIGRATIONS)
TABLES = shape_of(ALL)
SCHEMA = max(migration.number for migration in ALL)
HEAD = Head(format=2, app_version="0.1.0", schema=SCHEMA)


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[SqliteStore]:
    store = await SqliteStore.open(path, ALL, app_version="0.1.0")
    try:
        yield store
    finally:
        await store.close()


@pytest.fixture
async def earlier(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    """The store of an earlier Helix that was used."""
    with tarfile.open(LEFT) as archive:
        archive.extractall(tmp_path / "earlier", filter="data")
    async with opened(tmp_path / "earlier" / "helix.db") as store:
        yield store


@pytest.fixture
async def empty(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    async with opened(tmp_path / "empty.db") as store:
        yield store


async def content(store: Store) -> Mapping[str, TableEnd]:
    return await store.read(partial(digests, tables=TABLES))
