import asyncio
from collections.abc import AsyncIterator

import pytest

from core.metrics import Registry
from core.runtime.looplag import LoopLag
from tests.manual_clock import ManualClock


class Measured:
    """A measurement under way, on a clock that the test moves."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.histogram = Registry().histogram("helix_event_loop_lag_seconds", "lag")
        self.lag = LoopLag(self.clock, self.histogram, warn_s=0.25, fail_s=2.0, sleep=self.clock.sleep)
        self.task = asyncio.create_task(self.lag.run())

    async def late_by(self, seconds: float) -> None:
        await self.clock.until_sleeping()
        self.clock.advance(0.5 + seconds)
        await self.clock.until_sleeping()


@pytest.fixture
async def measured() -> AsyncIterator[Measured]:
    measured = Measured()
    yield measured
    measured.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await measured.task


async def test_lag_is_how_much_later_than_asked_a_pause_ended(measured: Measured) -> None:
    await measured.late_by(0.125)
    await measured.late_by(0.0)
    assert measured.lag.last_s == pytest.approx(0.0)
    assert measured.lag.worst_recent_s == pytest.approx(0.125)
    assert measured.histogram.summary().count == 2


async def test_the_worst_is_forgotten_after_a_minute(measured: Measured) -> None:
    await measured.late_by(1.0)
    for _ in range(120):
        await measured.late_by(0.0)
    assert measured.lag.worst_recent_s == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("seconds", "status"), [(0.0, "pass"), (0.25, "pass"), (0.3, "warn"), (2.0, "warn"), (2.5, "fail")]
)
async def test_the_check_tells_what_a_person_would_notice(
    measured: Measured, seconds: float, status: str
) -> None:
    await measured.late_by(seconds)
    reading = measured.lag.probe()
    assert reading.status == status
    assert bool(reading.reason) == bool(reading.action) == (status != "pass")
    assert reading.load == pytest.approx(min(1.0, seconds / 2))


async def test_the_bounds_are_shown_with_what_sets_them(measured: Measured) -> None:
    (bound,) = measured.lag.probe().thresholds
    assert (bound.of, bound.comparison, bound.warn, bound.fail) == ("worst_recent_s", "above", 0.25, 2.0)
    assert bound.settings == ("LOOP_LAG_WARN_MS", "LOOP_LAG_FAIL_MS")


async def test_the_reason_does_not_move_with_every_measurement(measured: Measured) -> None:
    await measured.late_by(0.3)
    before = measured.lag.probe().reason
    await measured.late_by(0.4)
    assert measured.lag.probe().reason == before


def test_before_the_first_measurement_all_is_well() -> None:
    lag = LoopLag(
        ManualClock(), Registry().histogram("helix_event_loop_lag_seconds", "lag"), warn_s=0.25, fail_s=2.0
    )
    assert (lag.probe().status, lag.probe().load) == ("pass", 0.0)
