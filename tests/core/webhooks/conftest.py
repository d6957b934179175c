"""A store with the tables of webhooks, and a clock that stands still."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.database import Database
from core.schema import CORE_MIGRATIONS
from core.webhooks.schema import WEBHOOK_MIGRATIONS
from tests.manual_clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Database]:
    migrations = (*CORE_MIGRATIONS, *WEBHOOK_MIGRATIONS)
    opened = await Database.open(tmp_path / "helix.db", migrations, app_version="test")
    yield opened
    await opened.close()
