"""A clock that was set, or that goes wrong, is told of."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.health import Reading
from core.health.clock_check import ClockSkew
from tests.manual_clock import ManualClock


class Watched:
    def __init__(self, warn_s: float = 5.0) -> None:
        self.clock = ManualClock()
        self.watch = ClockSkew(self.clock, warn_s=warn_s)

    async def pass_s(self, seconds: float, *, step_s: float = 0.0) -> Reading:
        self.clock.advance(seconds)
        self.clock.set(step_s)
        await self.watch.look()
        return self.watch.probe()

    def receive(self, *ahead_s: float) -> Reading:
        for seconds in ahead_s:
            self.watch.compare(self.clock.now() - timedelta(seconds=seconds))
        return self.watch.probe()


@pytest.fixture
def watched() -> Watched:
    return Watched()


async def test_a_clock_that_keeps_pace_passes(watched: Watched) -> None:
    for _ in range(3):
        assert (await watched.pass_s(10.0)).status == "pass"


@pytest.mark.parametrize(("step_s", "word"), [(3600.0, "forward"), (-7.0, "back")])
async def test_a_step_is_a_warning_for_a_quarter_of_an_hour(
    watched: Watched, step_s: float, word: str
) -> None:
    reading = await watched.pass_s(10.0, step_s=step_s)
    assert (reading.status, bool(reading.action)) == ("warn", True)
    assert f"set {word} by more than 5 s" in reading.reason
    assert reading.counters["last_step_s"] == pytest.approx(step_s)
    assert (await watched.pass_s(890.0)).status == "warn"
    assert (await watched.pass_s(20.0)).status == "pass"


@pytest.mark.parametrize(("step_s", "calls"), [(-2.0, 1), (-7200.0, 1), (-0.5, 0), (0.0, 0), (7200.0, 0)])
async def test_only_a_clock_that_was_set_back_is_told_of(watched: Watched, step_s: float, calls: int) -> None:
    told: list[float] = []

    async def hear() -> None:
        told.append(step_s)

    watched.watch.on_set_back(hear)
    await watched.pass_s(1.0, step_s=step_s)
    await watched.pass_s(1.0)
    assert len(told) == calls


async def test_who_failed_to_hear_that_it_was_set_back_is_told_again(watched: Watched) -> None:
    told: list[str] = []

    async def hear() -> None:
        told.append("told")
        if len(told) == 1:
            raise LookupError

    watched.watch.on_set_back(hear)
    with pytest.raises(LookupError):
        await watched.pass_s(1.0, step_s=-60.0)
    await watched.pass_s(1.0)
    await watched.pass_s(1.0)
    assert len(told) == 2


async def test_what_ntp_mends_bit_by_bit_is_no_step(watched: Watched) -> None:
    for _ in range(20):
        assert (await watched.pass_s(10.0, step_s=0.5)).status == "pass"


@pytest.mark.parametrize(
    ("ahead_s", "status", "word"),
    [
        (0.2, "pass", ""),
        (4.0, "pass", ""),
        (-4.0, "pass", ""),
        (20.0, "warn", "ahead of"),
        (-20.0, "warn", "behind"),
        (400.0, "fail", "ahead of"),
        (-400.0, "fail", "behind"),
    ],
)
def test_a_clock_off_discord_s_is_told(watched: Watched, ahead_s: float, status: str, word: str) -> None:
    reading = watched.receive(ahead_s, ahead_s + 0.3, ahead_s + 2.0)
    assert reading.status == status
    assert word in reading.reason
    assert reading.observed_value == pytest.approx(ahead_s)


def test_one_message_that_comes_late_says_nothing_of_the_clock(watched: Watched) -> None:
    assert watched.receive(30.0, 0.1, 25.0, 40.0).status == "pass"


def test_few_messages_say_nothing(watched: Watched) -> None:
    reading = watched.receive(30.0, 30.0)
    assert (reading.status, reading.observed_value) == ("pass", None)


async def test_what_was_compared_long_ago_says_nothing(watched: Watched) -> None:
    assert watched.receive(30.0, 30.0, 30.0).status == "warn"
    assert (await watched.pass_s(3601.0)).status == "pass"


async def test_what_was_compared_before_a_step_says_nothing(watched: Watched) -> None:
    watched.receive(30.0, 30.0, 30.0)
    reading = await watched.pass_s(10.0, step_s=-30.0)
    assert "set back" in reading.reason
    assert reading.observed_value is None


async def test_the_bound_is_what_the_setting_says_and_is_shown() -> None:
    watched = Watched(warn_s=60.0)
    assert watched.receive(20.0, 20.0, 20.0).status == "pass"
    assert (await watched.pass_s(10.0, step_s=50.0)).status == "pass"
    drift, step = watched.watch.probe().thresholds
    assert (drift.of, drift.warn, drift.fail, drift.settings) == ("drift_s", 60.0, 300.0, ("CLOCK_WARN_S",))
    assert (step.of, step.warn, step.fail) == ("recent_step_s", 60.0, None)
