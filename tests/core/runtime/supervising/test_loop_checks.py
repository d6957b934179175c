"""What the checks say of loops: crashes, rounds that do not end, recoveries."""

from core.health import HealthRegistry
from core.runtime.supervisor import LoopBounds, Supervisor
from tests.core.runtime.supervising.counted_loop import Loop
from tests.manual_clock import ManualClock


async def test_the_check_of_all_loops_passes_warns_and_fails_with_the_worst_of_them(
    supervisor: Supervisor, clock: ManualClock
) -> None:
    good, bad = Loop("stay"), Loop("crash", "crash", "crash", "stay")
    supervisor.add("good", good)
    supervisor.add("bad", bad)
    assert (supervisor.probe().status, supervisor.probe().observed_value) == ("pass", 2)
    supervisor.start()
    statuses = []
    for runs in (1, 2, 3):
        await bad.until(runs)
        await clock.until_sleeping()
        statuses.append(supervisor.probe().status)
        clock.advance(60)
    assert statuses == ["warn", "warn", "fail"]
    assert supervisor.probe().counters["restarts"] == 3
    assert "bad" in supervisor.probe().reason
    await supervisor.stop(1)


async def test_a_round_that_does_not_end_is_stuck_and_a_loop_without_rounds_is_not(
    clock: ManualClock, health: HealthRegistry
) -> None:
    supervisor = Supervisor(clock, health, sleep=clock.sleep, bounds=LoopBounds(stuck_after_s=30.0))
    rounds, whole = Loop("stay"), Loop("stay")
    supervisor.add("rounds", rounds, every_s=5.0)
    supervisor.add("whole", whole)
    supervisor.start()
    await rounds.until(1)
    await whole.until(1)
    clock.advance(30.0)
    assert supervisor.probe().status == "pass"
    clock.advance(1.0)
    reading = supervisor.probe()
    assert (reading.status, bool(reading.action)) == ("warn", True)
    assert reading.reason == "one round has taken more than 30 s: rounds"
    assert reading.thresholds[0].settings == ("LOOP_RUN_WARN_S",)
    await supervisor.stop(1)


async def test_a_crash_shows_on_health_by_the_type_of_its_error(
    supervisor: Supervisor, clock: ManualClock, health: HealthRegistry
) -> None:
    supervisor.add("bad", Loop("crash"), every_s=1)
    supervisor.start()
    await clock.until_sleeping()
    check = health.get("loop:bad")
    assert check is not None
    assert check.status == "warn"
    assert "OSError" in check.reason
    assert "secret" not in check.reason
    assert supervisor.loops()[0].last_error == "OSError"


async def test_how_many_crashes_are_a_fault_is_a_setting(clock: ManualClock, health: HealthRegistry) -> None:
    bounds = LoopBounds(crashes_warn=1, crashes_fail=2)
    supervisor = Supervisor(clock, health, sleep=clock.sleep, jitter=lambda: 0.0, bounds=bounds)
    loop = Loop("crash", "crash", "crash")
    supervisor.add("bad", loop, every_s=5)
    supervisor.start()
    statuses = []
    for runs in range(1, 4):
        await loop.until(runs)
        (pause,) = await clock.until_sleeping()
        check = health.get("loop:bad")
        assert check is not None
        assert check.bounds.startswith("Warns with more than 1 crashes in a row, fails with more than 2")
        statuses.append((check.status, supervisor.probe().status))
        clock.advance(pause)
    assert statuses == [("pass", "pass"), ("warn", "warn"), ("fail", "fail")]
    await supervisor.stop(1)


async def test_the_third_crash_in_a_row_is_a_failure_and_a_good_run_ends_it(
    supervisor: Supervisor, clock: ManualClock, health: HealthRegistry
) -> None:
    loop = Loop("crash", "crash", "crash", "return")
    supervisor.add("bad", loop, every_s=5)
    supervisor.start()
    statuses = []
    for runs in range(1, 5):
        await loop.until(runs)
        (pause,) = await clock.until_sleeping()
        check = health.get("loop:bad")
        assert check is not None
        statuses.append(check.status)
        clock.advance(pause)
    assert statuses == ["warn", "warn", "fail", "pass"]
    assert supervisor.loops()[0].restarts == 3


async def test_a_loop_that_never_returns_recovers_by_running_on(
    supervisor: Supervisor, clock: ManualClock, health: HealthRegistry
) -> None:
    loop = Loop("crash", "stay")
    supervisor.add("long", loop)
    supervisor.start()
    (pause,) = await clock.until_sleeping()
    clock.advance(pause)
    await loop.until(2)
    health.refresh()
    assert health.overall() == "warn"
    clock.advance(60)
    health.refresh()
    assert health.overall() == "pass"
