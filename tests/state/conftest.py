"""A real store in a folder of its own, with time that stands still."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.runtime.kernel import Kernel, build_kernel
from core.settings import Settings
from core.store import Store
from core.store.schema import CORE_MIGRATIONS
from state.manager import StateManager
from state.schema import STATE_MIGRATIONS
from tests.manual_clock import ManualClock
from tests.postgres_server import PostgresServer
from tests.stores import Stores
from tests.twins import Twins, opened_twins


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def kernel(tmp_path: Path, clock: ManualClock) -> Kernel:
    return build_kernel(Settings(data_dir=tmp_path), clock)


@pytest.fixture
async def database(stores: Stores) -> AsyncIterator[Store]:
    async with stores.opened((*CORE_MIGRATIONS, *STATE_MIGRATIONS)) as opened:
        yield opened


@pytest.fixture
async def manager(database: Store, clock: ManualClock) -> StateManager:
    manager = StateManager(database, clock)
    await manager.load()
    return manager


@pytest.fixture
async def twins(tmp_path: Path, postgres: PostgresServer) -> AsyncIterator[Twins]:
    """An empty store on each engine."""
    async with opened_twins(tmp_path, postgres, (*CORE_MIGRATIONS, *STATE_MIGRATIONS)) as opened:
        yield opened
