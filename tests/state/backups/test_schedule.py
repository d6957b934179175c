"""Backups unasked: when, how often, and what is said when there is none."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from core.runtime.kernel import Kernel
from core.store import Store
from state.backups import BackupRefused, Backups
from state.backups.schedule import BackupSchedule
from state.change import Actor
from state.collective import Collective
from state.opening import open_collective
from tests.manual_clock import ManualClock

ADA = Actor("command", "Ada", 7)
HOUR = 3600.0


@pytest.fixture
async def collective(kernel: Kernel, database: Store) -> AsyncIterator[Collective]:
    collective = await open_collective(kernel, database)
    yield collective
    await collective.close()


@pytest.fixture
async def running(
    collective: Collective, kernel: Kernel, clock: ManualClock
) -> AsyncIterator[asyncio.Task[None]]:
    schedule = BackupSchedule(kernel, collective.backups, sleep=clock.sleep)
    task = asyncio.create_task(schedule.run())
    yield task
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def until(wanted: Callable[[], bool]) -> None:
    async with asyncio.timeout(40):
        while not wanted():
            await asyncio.sleep(0.005)


async def test_the_first_is_made_after_a_pause_and_the_next_a_day_after_it(
    collective: Collective, clock: ManualClock, running: asyncio.Task[None]
) -> None:
    assert await clock.until_sleeping() == (60.0,)
    assert collective.backups.list() == ()
    clock.advance(60)
    await until(lambda: len(collective.backups.list()) == 1)
    assert collective.backups.list()[0].cause == "schedule"
    for _ in range(24 * 6):
        await clock.until_sleeping()
        assert len(collective.backups.list()) == 1
        clock.advance(600)
    await until(lambda: len(collective.backups.list()) == 2)
    assert not running.done()


async def test_backups_missed_while_helix_was_down_are_made_once(
    collective: Collective, kernel: Kernel, clock: ManualClock
) -> None:
    await collective.backups.create(ADA)
    clock.advance(100 * 24 * HOUR)
    task = asyncio.create_task(BackupSchedule(kernel, collective.backups, sleep=clock.sleep).run())
    await clock.until_sleeping()
    clock.advance(60)
    await until(lambda: len(collective.backups.list()) == 2)
    await clock.until_sleeping()
    task.cancel()
    assert len(collective.backups.list()) == 2


async def test_a_recent_one_is_not_made_again(
    collective: Collective, clock: ManualClock, running: asyncio.Task[None]
) -> None:
    await collective.backups.create(ADA)
    await clock.until_sleeping()
    clock.advance(60)
    assert await clock.until_sleeping() == (600.0,)
    assert len(collective.backups.list()) == 1
    del running


async def test_the_next_comes_after_a_day_though_the_last_one_was_made_in_the_future(
    collective: Collective, kernel: Kernel, clock: ManualClock
) -> None:
    clock.set(30 * 24 * HOUR)
    await kernel.clock_skew.look()
    ahead = [await collective.backups.create(ADA) for _ in range(2)]
    clock.set(-30 * 24 * HOUR)
    await kernel.clock_skew.look()
    due_at = collective.backup_schedule.due_at()
    assert due_at == clock.now() + timedelta(hours=24)
    clock.advance(24 * HOUR)
    made = await collective.backups.create(ADA)
    assert collective.backups.newest == made
    assert collective.backup_schedule.due_at() == clock.now() + timedelta(hours=24)
    assert {record.id for record in collective.backups.list()} == {made.id, *(one.id for one in ahead)}


async def test_a_start_corrects_the_time_of_a_backup_from_the_future(
    collective: Collective, kernel: Kernel, database: Store, clock: ManualClock
) -> None:
    clock.set(30 * 24 * HOUR)
    await collective.backups.create(ADA)
    clock.set(-30 * 24 * HOUR)
    started = Backups(kernel, database, collective.manager, ())
    await started.load()
    assert BackupSchedule(kernel, started).due_at() == clock.now() + timedelta(hours=24)


async def test_the_first_is_not_late_though_helix_started_in_the_future(
    collective: Collective, clock: ManualClock
) -> None:
    assert collective.backups.newest is None
    clock.set(-30 * 24 * HOUR)
    assert collective.backup_schedule.due_at() == clock.now()


async def test_a_failure_is_tried_again_later(
    collective: Collective,
    clock: ManualClock,
    running: asyncio.Task[None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def refuse(*_: object) -> None:
        raise BackupRefused("There is no room for a backup.")

    monkeypatch.setattr(Backups, "create", refuse)
    await clock.until_sleeping()
    clock.advance(60)
    assert await clock.until_sleeping() == (900.0,)
    monkeypatch.undo()
    clock.advance(900)
    await until(lambda: len(collective.backups.list()) == 1)
    del running


async def test_the_check_says_when_the_last_good_one_is_too_old(
    collective: Collective, clock: ManualClock
) -> None:
    schedule = collective.backup_schedule
    assert schedule.read().status == "pass"
    clock.advance(1.1 * HOUR)
    assert schedule.read().status == "warn"
    await collective.backups.create(ADA)
    reading = schedule.read()
    assert (reading.status, reading.observed_value) == ("pass", 1)
    clock.advance(25.1 * HOUR)
    reading = schedule.read()
    assert "older than BACKUP_EVERY_H" in reading.reason
    bound = reading.thresholds[0]
    assert (bound.of, bound.warn) == ("delay_h", 1.0)
    assert bound.settings == ("BACKUP_EVERY_H", "BACKUP_LATE_WARN_H")
    assert reading.counters["due"] == schedule.due_at().isoformat(timespec="seconds")


@pytest.mark.usefixtures("running")
async def test_surplus_backups_are_deleted_after_each_backup(
    collective: Collective, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    pruned = asyncio.Event()

    async def prune(_: Backups) -> tuple[int, int]:
        assert len(collective.backups.list()) == 1
        pruned.set()
        return 0, 0

    monkeypatch.setattr(Backups, "prune", prune)
    await clock.until_sleeping()
    clock.advance(60)
    async with asyncio.timeout(40):
        await pruned.wait()
