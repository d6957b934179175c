"""What holds for the tests of core/, and the store that many of them use."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.store import Store
from tests.core.store.notes_store import open_database


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Store]:
    """An open store with tables for notes, empty."""
    opened = await open_database(tmp_path)
    yield opened
    await opened.close()
