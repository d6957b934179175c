"""A supervisor on the clock of the test."""

from collections.abc import AsyncIterator

import pytest

from core.health import HealthRegistry
from core.runtime.supervisor import Supervisor
from tests.manual_clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def health(clock: ManualClock) -> HealthRegistry:
    return HealthRegistry(clock)


@pytest.fixture
async def supervisor(clock: ManualClock, health: HealthRegistry) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(clock, health, sleep=clock.sleep, jitter=lambda: 0.0)
    yield supervisor
    assert await supervisor.stop(5) == ()
