"""A store with the tables of webhooks, a clock that stands still, and a stage with a receiver."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from core.store import Store
from core.store.schema import CORE_MIGRATIONS
from core.webhooks.schema import WEBHOOK_MIGRATIONS
from tests.core.webhooks.delivery_stage import Stage, settings
from tests.core.webhooks.receiver import Receiver, receiving
from tests.manual_clock import ManualClock
from tests.stores import Stores


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def store(stores: Stores) -> AsyncIterator[Store]:
    async with stores.opened((*CORE_MIGRATIONS, *WEBHOOK_MIGRATIONS)) as opened:
        yield opened


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as started:
        yield started


@pytest.fixture
async def stage(store: Store, clock: ManualClock, receiver: Receiver) -> Stage:
    return Stage(store, clock, settings(receiver))
