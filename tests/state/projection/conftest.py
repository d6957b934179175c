"""A world on a real folder, and its projected files."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.state.world import World
from tests.stores import Stores


@pytest.fixture
async def world(tmp_path: Path, stores: Stores) -> AsyncIterator[World]:
    world = World(tmp_path, stores)
    await world.start()
    yield world
    await world.stop()
