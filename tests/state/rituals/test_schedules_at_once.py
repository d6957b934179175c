"""Schedules while several change them at once, and while whoever changes one is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from core.runtime.kernel import Kernel, build_kernel
from core.settings import Settings
from core.store import Store
from state.rituals.schedule_rules import parse_rule
from state.rituals.schedules import ScheduleRefused
from tests.core.store.notes_store import Gate, turns
from tests.manual_clock import ManualClock
from tests.state.rituals.schedule_stage import MIA, Stage


@pytest.fixture
def kernel(tmp_path: Path, clock: ManualClock) -> Kernel:
    return build_kernel(Settings(data_dir=tmp_path, ritual_step_s=0.1), clock)


@pytest.fixture
async def stage(kernel: Kernel, database: Store, clock: ManualClock) -> AsyncIterator[Stage]:
    started = Stage(kernel, database, clock)
    await started.start()
    yield started
    await started.stop()


async def test_concurrent_equal_additions_make_one_schedule(stage: Stage) -> None:
    made = await asyncio.gather(stage.add("every 1h"), stage.add("every 1h"), return_exceptions=True)
    assert sorted(type(one).__name__ for one in made) == ["Schedule", "ScheduleRefused"]
    assert any(isinstance(one, ScheduleRefused) for one in made)
    assert len(stage.schedules.all) == 1


async def test_a_schedule_whose_caller_is_cancelled_is_still_added(stage: Stage, database: Store) -> None:
    gate = Gate()
    holder = asyncio.create_task(database.write(gate))
    assert await asyncio.to_thread(gate.entered.wait, 10)
    adding = asyncio.create_task(stage.add("every 1h"))
    await turns()
    adding.cancel()
    await turns()
    gate.opened.set()
    with pytest.raises(asyncio.CancelledError):
        await adding
    await holder
    assert [one.rule for one in stage.schedules.all] == ["every 1h"]


async def test_a_schedule_removed_while_its_run_is_stored_stays_removed(
    stage: Stage, database: Store, clock: ManualClock
) -> None:
    schedule = await stage.add("every 1h")
    gate = Gate()
    holder = asyncio.create_task(database.write(gate))
    assert await asyncio.to_thread(gate.entered.wait, 10)
    removing = asyncio.create_task(stage.schedules.remove(schedule.id, actor=MIA))
    await turns()
    later = msgspec.structs.replace(schedule, last_at=clock.now())
    rule = parse_rule("every 1h", clock.now())
    noting = asyncio.create_task(stage.schedules._update(later, rule))
    await turns()
    gate.opened.set()
    await asyncio.gather(holder, removing, noting)
    assert stage.schedules.all == ()
