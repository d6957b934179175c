import asyncio
from datetime import UTC

import pytest

from core.clock import SystemClock
from tests.manual_clock import ManualClock


def test_the_system_clock_gives_aware_utc_moments() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_the_system_clock_never_goes_back() -> None:
    clock = SystemClock()
    readings = [clock.monotonic() for _ in range(100)]
    assert readings == sorted(readings)


def test_the_manual_clock_moves_both_readings_together() -> None:
    clock = ManualClock()
    before, moment = clock.monotonic(), clock.now()
    clock.advance(90)
    assert clock.monotonic() - before == 90
    assert (clock.now() - moment).total_seconds() == 90


def test_the_manual_clock_refuses_to_go_back() -> None:
    with pytest.raises(ValueError, match="back"):
        ManualClock().advance(-1)


async def test_a_sleeper_on_the_manual_clock_wakes_when_its_time_has_come() -> None:
    clock = ManualClock()
    sleeper = asyncio.create_task(clock.sleep(10))
    assert await clock.until_sleeping() == (10.0,)
    clock.advance(9)
    await asyncio.sleep(0)
    assert not sleeper.done()
    clock.advance(1)
    await asyncio.wait_for(sleeper, 1)
