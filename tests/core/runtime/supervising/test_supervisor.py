"""Loops run in their rhythm, come back after a crash, and end when they are to."""

import asyncio

import pytest

from core.health import HealthRegistry
from core.runtime.supervisor import Supervisor
from tests.core.runtime.supervising.counted_loop import Loop
from tests.manual_clock import ManualClock


async def test_a_loop_runs_again_after_each_pause(supervisor: Supervisor, clock: ManualClock) -> None:
    loop = Loop("return")
    supervisor.add("beat", loop, every_s=30)
    supervisor.start()
    await loop.until(1)
    assert await clock.until_sleeping() == (30.0,)
    clock.advance(30)
    await loop.until(2)


async def test_the_first_run_may_wait(supervisor: Supervisor, clock: ManualClock) -> None:
    loop = Loop("return")
    supervisor.add("beat", loop, every_s=30, first_after_s=7)
    supervisor.start()
    assert await clock.until_sleeping() == (7.0,)
    assert loop.runs == 0
    clock.advance(7)
    await loop.until(1)


async def test_a_loop_that_returns_without_a_rhythm_is_finished(supervisor: Supervisor) -> None:
    loop = Loop("return")
    supervisor.add("once", loop)
    supervisor.start()
    await loop.until(1)
    await asyncio.sleep(0)
    assert supervisor.loops()[0].state == "finished"
    await supervisor.stop(1)
    assert supervisor.loops()[0].state == "finished"


async def test_a_loop_added_after_the_start_starts_at_once(supervisor: Supervisor) -> None:
    supervisor.start()
    loop = Loop("stay")
    supervisor.add("late", loop)
    await loop.until(1)
    assert supervisor.loops()[0].state == "running"


async def test_starting_twice_starts_each_loop_once(supervisor: Supervisor) -> None:
    loop = Loop("stay")
    supervisor.add("one", loop)
    supervisor.start()
    supervisor.start()
    await loop.until(1)
    await asyncio.sleep(0)
    assert loop.runs == 1


async def test_a_crashed_loop_comes_back_with_growing_bounded_pauses(
    supervisor: Supervisor, clock: ManualClock
) -> None:
    loop = Loop("crash")
    supervisor.add("bad", loop, every_s=1)
    supervisor.start()
    pauses = []
    for runs in range(1, 10):
        await loop.until(runs)
        (pause,) = await clock.until_sleeping()
        pauses.append(pause)
        clock.advance(pause)
    assert pauses == [1, 2, 4, 8, 16, 32, 40, 40, 40]


async def test_a_loop_whose_server_is_away_tries_again_soon_and_has_not_crashed(
    supervisor: Supervisor, clock: ManualClock, health: HealthRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    loop = Loop("away")
    supervisor.add("inbox", loop, every_s=1)
    supervisor.start()
    pauses = []
    for runs in range(1, 6):
        await loop.until(runs)
        (pause,) = await clock.until_sleeping()
        pauses.append(pause)
        (status,) = supervisor.loops()
        assert (status.state, status.restarts, status.last_error) == ("waiting", 0, None)
        clock.advance(pause)
    assert pauses == [2] * 5
    assert health.get("loop:inbox") is None
    assert "Traceback" not in caplog.text


async def test_loops_that_crash_together_do_not_come_back_together(
    clock: ManualClock, health: HealthRegistry
) -> None:
    spread = iter((0.0, 1.0))
    supervisor = Supervisor(clock, health, sleep=clock.sleep, jitter=lambda: next(spread))
    for name in ("one", "two"):
        supervisor.add(name, Loop("crash"))
    supervisor.start()
    assert await clock.until_sleeping(2) == (1.0, 1.5)
    await supervisor.stop(1)


async def test_no_pause_is_longer_than_a_minute(clock: ManualClock, health: HealthRegistry) -> None:
    supervisor = Supervisor(clock, health, sleep=clock.sleep, jitter=lambda: 1.0)
    loop = Loop("crash")
    supervisor.add("bad", loop)
    supervisor.start()
    for runs in range(1, 9):
        await loop.until(runs)
        (pause,) = await clock.until_sleeping()
        clock.advance(pause)
    await loop.until(9)
    assert await clock.until_sleeping() == (60.0,)
    await supervisor.stop(1)


async def test_a_crash_after_a_long_good_run_starts_the_backoff_over(
    supervisor: Supervisor, clock: ManualClock
) -> None:
    ends = [asyncio.Event(), asyncio.Event(), asyncio.Event()]
    started = [asyncio.Event(), asyncio.Event(), asyncio.Event()]
    runs = iter(range(3))

    async def run() -> None:
        number = next(runs)
        started[number].set()
        await ends[number].wait()
        raise OSError

    supervisor.add("long", run)
    supervisor.start()
    ends[0].set()
    assert await clock.until_sleeping() == (1.0,)
    clock.advance(1)
    ends[1].set()
    await started[1].wait()
    assert await clock.until_sleeping() == (2.0,)
    clock.advance(2)
    await started[2].wait()
    clock.advance(60)
    ends[2].set()
    assert await clock.until_sleeping() == (1.0,)


async def test_a_cancellation_from_inside_is_a_crash_like_any_other(
    supervisor: Supervisor, clock: ManualClock
) -> None:
    loop = Loop("inner cancel", "stay")
    supervisor.add("odd", loop)
    supervisor.start()
    (pause,) = await clock.until_sleeping()
    assert supervisor.loops()[0].last_error == "CancelledError"
    clock.advance(pause)
    await loop.until(2)


async def test_stopping_cancels_what_runs_and_what_sleeps(clock: ManualClock, health: HealthRegistry) -> None:
    supervisor = Supervisor(clock, health, sleep=clock.sleep)
    running, sleeping = Loop("stay"), Loop("return")
    supervisor.add("running", running)
    supervisor.add("sleeping", sleeping, every_s=10)
    supervisor.start()
    await running.until(1)
    await clock.until_sleeping()
    assert await supervisor.stop(5) == ()
    assert running.cancelled
    assert {status.state for status in supervisor.loops()} == {"stopped"}


async def test_a_loop_that_will_not_end_is_named(
    clock: ManualClock, health: HealthRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    supervisor = Supervisor(clock, health, sleep=clock.sleep)
    release, started = asyncio.Event(), asyncio.Event()

    async def stubborn() -> None:
        started.set()
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue

    supervisor.add("stubborn", stubborn)
    supervisor.start()
    await started.wait()
    assert await supervisor.stop(0.01) == ("stubborn",)
    assert "loop.stuck loops=stubborn" in caplog.text
    release.set()
    await supervisor.stop(5)


async def test_stopping_before_the_start_has_nothing_to_do(supervisor: Supervisor) -> None:
    supervisor.add("never", Loop("stay"))
    assert await supervisor.stop(1) == ()
    supervisor.start()
    assert supervisor.loops()[0].last_run is None


async def test_a_removed_loop_is_cancelled_and_forgotten(
    supervisor: Supervisor, clock: ManualClock, health: HealthRegistry
) -> None:
    bad, good = Loop("crash", "stay"), Loop("stay")
    supervisor.add("bad", bad)
    supervisor.add("good", good)
    supervisor.start()
    await good.until(1)
    await clock.until_sleeping()
    supervisor.remove("bad")
    supervisor.remove("good")
    supervisor.remove("unknown")
    assert supervisor.loops() == ()
    assert health.get("loop:bad") is None
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert good.cancelled


async def test_a_loop_may_be_removed_before_the_start(supervisor: Supervisor) -> None:
    loop = Loop("stay")
    supervisor.add("one", loop)
    supervisor.remove("one")
    supervisor.add("one", loop)
    supervisor.start()
    await loop.until(1)


@pytest.mark.parametrize(
    ("name", "every_s", "first_after_s"), [("taken", None, 0.0), ("new", 0.0, 0.0), ("new", 1.0, -1.0)]
)
async def test_a_taken_name_or_a_senseless_pause_is_refused(
    supervisor: Supervisor, name: str, every_s: float | None, first_after_s: float
) -> None:
    supervisor.add("taken", Loop("return"))
    with pytest.raises(ValueError, match=name):
        supervisor.add(name, Loop("return"), every_s=every_s, first_after_s=first_after_s)


@pytest.mark.parametrize("answer", ["fail to clean up", "swallow"])
async def test_a_cancelled_loop_does_not_come_back_however_it_takes_it(
    clock: ManualClock, health: HealthRegistry, answer: str
) -> None:
    supervisor = Supervisor(clock, health, sleep=clock.sleep)
    removed, stopped = Loop(answer), Loop(answer)
    supervisor.add("removed", removed, every_s=30)
    supervisor.add("stopped", stopped, every_s=30)
    supervisor.start()
    await removed.until(1)
    await stopped.until(1)
    supervisor.remove("removed")
    try:
        assert await supervisor.stop(0.05) == ()
        assert (removed.runs, stopped.runs) == (1, 1)
        assert health.checks() == ()
    finally:
        # Whatever came back sleeps, and ends by a second cancellation.
        await supervisor.stop(1)
