"""An engine of which each step takes time, and one of which none does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.runtime.kernel import Kernel, build_kernel
from core.settings import Settings
from core.store import Store
from state.manager import StateManager
from state.rituals import Rituals
from tests.manual_clock import ManualClock


@pytest.fixture
def kernel(tmp_path: Path, clock: ManualClock) -> Kernel:
    return build_kernel(Settings(data_dir=tmp_path, ritual_step_s=0.1), clock)


@pytest.fixture
async def rituals(
    kernel: Kernel, manager: StateManager, database: Store, clock: ManualClock
) -> AsyncIterator[Rituals]:
    engine = Rituals(kernel, manager, database, sleep=clock.sleep)
    await engine.load()
    yield engine
    await engine.close()


@pytest.fixture
async def quick(kernel: Kernel, manager: StateManager, database: Store) -> AsyncIterator[Rituals]:
    """An engine whose steps take no time."""
    engine = Rituals(kernel, manager, database, sleep=lambda _: asyncio.sleep(0))
    await engine.load()
    yield engine
    await engine.close()
