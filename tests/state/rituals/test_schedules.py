"""Rituals by themselves: due, missed, busy, removed, killed between run and mark."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.runtime.kernel import Kernel, build_kernel
from core.settings import Settings
from core.store import Store
from core.store.errors import StoreError
from state.change import Actor
from state.journal import Journal
from state.rituals import schedule_table
from state.rituals.records import RitualCancelled, WrongSteps
from state.rituals.schedules import MOST_SCHEDULES, ScheduleRefused, UnknownSchedule
from tests.manual_clock import ManualClock
from tests.state.rituals.schedule_stage import HOUR, MIA, Stage, at_once, never


@pytest.fixture
def kernel(tmp_path: Path, clock: ManualClock) -> Kernel:
    return build_kernel(Settings(data_dir=tmp_path, ritual_step_s=0.1), clock)


@pytest.fixture
async def stage(kernel: Kernel, database: Store, clock: ManualClock) -> AsyncIterator[Stage]:
    started = Stage(kernel, database, clock)
    await started.start()
    yield started
    await started.stop()


async def test_a_schedule_runs_when_due_and_gets_its_next_time(stage: Stage) -> None:
    schedule = await stage.add("every 1h")
    await stage.pass_time(HOUR - 60)
    assert await stage.ran() == []
    await stage.pass_time(90)
    (record,) = await stage.ran()
    assert (record.steps, record.status, record.actor) == (3, "done", Actor("schedule"))
    (now,) = stage.schedules.all
    assert now.last_at == schedule.next_at
    assert now.last_ritual == record.id
    assert now.next_at == schedule.next_at + timedelta(hours=1)
    await stage.pass_time(3 * HOUR)
    assert len(await stage.ran()) == 4


async def test_it_survives_a_restart(stage: Stage) -> None:
    await stage.add("0 18 * * *", 27)
    before = stage.schedules.all
    await stage.stop()
    await stage.start()
    assert stage.schedules.all == before
    assert before[0].actor == MIA
    await stage.pass_time(6.1 * HOUR)
    assert [one.steps for one in await stage.ran()] == [27]


async def test_several_missed_runs_are_made_up_for_by_one(stage: Stage) -> None:
    await stage.add("every 1h")
    await stage.stop()
    stage.clock.advance(5.5 * HOUR)
    await stage.start()
    await stage.settled()
    assert len(await stage.ran()) == 1
    (now,) = stage.schedules.all
    assert now.next_at == now.created_at + timedelta(hours=6)
    await stage.pass_time(0.6 * HOUR)
    assert len(await stage.ran()) == 2


async def test_a_clock_that_jumps_ahead_makes_it_run_once(stage: Stage) -> None:
    await stage.add("every 1h")
    await stage.settled()
    stage.clock.advance(48 * HOUR)
    await stage.settled()
    assert len(await stage.ran()) == 1


async def test_the_next_run_is_moved_back_with_the_clock(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule = await stage.add("0 * * * *")
    await stage.pass_time(1.1 * HOUR)
    assert len(await stage.ran()) == 1
    real: Callable[[], datetime] = stage.clock.now
    monkeypatch.setattr(stage.clock, "now", lambda: real() - timedelta(days=2))
    await stage.pass_time(HOUR)
    (now,) = stage.schedules.all
    assert now.next_at < schedule.next_at
    assert len(await stage.ran()) == 2


async def test_a_run_is_not_repeated_when_the_clock_is_set_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.add("0 * * * *")
    await stage.pass_time(HOUR + 30)
    real: Callable[[], datetime] = stage.clock.now
    monkeypatch.setattr(stage.clock, "now", lambda: real() - timedelta(minutes=1))
    await stage.pass_time(120)
    assert len(await stage.ran()) == 1


async def test_a_due_run_waits_for_a_running_ritual(stage: Stage) -> None:
    await stage.add("every 10m")
    stage.step = never
    busy = await stage.rituals.start(9, actor=MIA)
    stage.clock.advance(1900)
    await stage.rituals.wait_until_awaited()
    assert await stage.ran() == []
    stage.step = at_once
    assert await stage.rituals.cancel(None, MIA, ritual=busy.id)
    await stage.settled()
    assert len(await stage.ran()) == 1


async def test_runs_due_while_held_are_made_up_for_by_one(stage: Stage) -> None:
    await stage.add("every 10m")
    stage.held = True
    await stage.pass_time(2000)
    assert stage.schedules.held
    assert await stage.ran() == []
    stage.held = False
    await stage.pass_time(60)
    assert len(await stage.ran()) == 1


async def test_a_waiting_run_that_is_held_keeps_waiting(stage: Stage) -> None:
    await stage.add("every 10m")
    stage.step = never
    await stage.rituals.start(9, actor=MIA)
    stage.clock.advance(700)
    await stage.rituals.wait_until_awaited()
    stage.held = True
    stage.step = at_once
    await stage.rituals.cancel("halt", MIA)
    await stage.settled()
    assert await stage.ran() == []
    stage.held = False
    await stage.pass_time(60)
    assert len(await stage.ran()) == 1


async def test_a_schedule_removed_while_its_run_waits_does_not_run(stage: Stage) -> None:
    schedule = await stage.add("every 10m")
    stage.step = never
    await stage.rituals.start(9, actor=MIA)
    stage.clock.advance(700)
    await stage.rituals.wait_until_awaited()
    await stage.schedules.remove(schedule.id, actor=MIA)
    stage.step = at_once
    await stage.rituals.cancel(None, MIA)
    await stage.settled()
    assert await stage.ran() == []
    assert stage.schedules.all == ()


async def test_a_schedule_removed_during_its_run_runs_no_more(stage: Stage) -> None:
    gate = asyncio.Event()

    async def held(_: float) -> None:
        await gate.wait()

    stage.step = held
    schedule = await stage.add("every 10m")
    await stage.settled()
    stage.clock.advance(700)
    while stage.rituals.running is None:
        await asyncio.sleep(0.001)
    await stage.schedules.remove(schedule.id, actor=MIA)
    gate.set()
    await stage.pass_time(1200)
    assert [one.status for one in await stage.ran()] == ["done"]


async def test_a_kill_before_the_run_is_recorded_does_not_repeat_it(stage: Stage) -> None:
    schedule = await stage.add("every 1h")
    await stage.stop()
    stage.clock.advance(HOUR)
    key = f"schedule:{schedule.id}:{schedule.next_at.isoformat()}"
    await (await stage.rituals.start(3, actor=Actor("schedule"), key=key)).wait()
    await stage.start()
    await stage.settled()
    assert len(await stage.ran()) == 1
    assert stage.schedules.all[0].last_ritual == 1


async def test_a_cancelled_run_counts_as_done(stage: Stage) -> None:
    await stage.add("every 1h")
    stage.step = never
    await stage.settled()
    stage.clock.advance(HOUR)
    while stage.rituals.running is None:
        await asyncio.sleep(0.001)
    assert await stage.rituals.cancel("not now", MIA)
    await stage.settled()
    assert [one.status for one in await stage.ran()] == ["cancelled"]
    assert stage.schedules.all[0].last_ritual == 1


async def test_a_run_cancelled_by_a_stop_is_made_up_for_at_the_next_start(
    stage: Stage, kernel: Kernel
) -> None:
    await stage.add("every 1h")
    stage.step = never
    await stage.settled()
    stage.clock.advance(HOUR)
    while stage.rituals.running is None:
        await asyncio.sleep(0.001)
    kernel.drain.close()
    await stage.settled()
    assert stage.schedules.all[0].last_at is None
    await stage.stop()
    kernel.drain.accepting = True
    stage.step = at_once
    await stage.start()
    await stage.settled()
    assert [one.status for one in await stage.ran()] == ["cancelled", "done"]


async def test_a_run_that_could_not_be_stored_fails_the_loop_and_stays_due(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.add("every 1h")
    await stage.settled()

    async def full(*_: object, **__: object) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(stage.manager, "change_with", full)
        stage.clock.advance(HOUR)
        assert stage.loop is not None
        with pytest.raises(RitualCancelled, match="could not be saved"):
            await stage.loop
    assert stage.schedules.all[0].last_at is None


async def test_several_that_are_due_run_one_after_the_other(stage: Stage) -> None:
    await stage.add("every 1h", 4)
    await stage.add("every 1h", 5)
    await stage.pass_time(HOUR + 30)
    assert [one.steps for one in await stage.ran()] == [4, 5]


async def test_adding_and_removing_is_journalled_with_who(stage: Stage) -> None:
    schedule = await stage.add("every 6h", 27)
    assert stage.schedules.get(schedule.id) == schedule
    await stage.schedules.remove(schedule.id, actor=MIA)
    rows = await Journal(stage.database).entries(kinds=("schedule",))
    assert [(row.subject, row.actor, row.before, row.after) for row in rows] == [
        ("every 6h, 27 steps", "Mia", "every 6h", None),
        ("every 6h, 27 steps", "Mia", None, "every 6h"),
    ]
    assert await stage.database.read(schedule_table.read_all) == ()


async def test_refused_additions_and_removals_are_reported(stage: Stage) -> None:
    with pytest.raises(UnknownSchedule, match=r"no schedule 3\. Known ids: none"):
        await stage.schedules.remove(3, actor=MIA)
    with pytest.raises(WrongSteps):
        await stage.add("every 6h", 0)
    await stage.add("every 6h", 27)
    with pytest.raises(ScheduleRefused, match="Schedule 1 does that already"):
        await stage.add("every 360m", 27)
    with pytest.raises(UnknownSchedule, match="with that id"):
        stage.schedules.get(10**20)
    for number in range(MOST_SCHEDULES - 1):
        await stage.add("every 6h", 100 + number)
    with pytest.raises(ScheduleRefused, match="limit of 25 schedules"):
        await stage.add("every 6h", 500)
