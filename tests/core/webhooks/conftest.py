"""A store with the tables of webhooks, a clock that stands still, and a stage with a receiver."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.store import Store
from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite import SqliteStore
from core.webhooks.schema import WEBHOOK_MIGRATIONS
from tests.core.webhooks.delivery_stage import Stage, settings
from tests.core.webhooks.receiver import Receiver, receiving
from tests.manual_clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    migrations = (*CORE_MIGRATIONS, *WEBHOOK_MIGRATIONS)
    opened = await SqliteStore.open(tmp_path / "helix.db", migrations, app_version="test")
    yield opened
    await opened.close()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as started:
        yield started


@pytest.fixture
async def stage(store: Store, clock: ManualClock, receiver: Receiver) -> Stage:
    return Stage(store, clock, settings(receiver))
