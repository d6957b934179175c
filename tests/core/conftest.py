"""What holds for the tests of core/, and the store that many of them use."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from core.database import Database
from tests.core.notes_store import open_database

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """An open store with tables for notes, empty."""
    opened = await open_database(tmp_path)
    yield opened
    await opened.close()
