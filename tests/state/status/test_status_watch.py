"""`status.changed`: told when the whole has another status for a while, and never by a start or a stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec
import pytest

from core.health import Status
from core.runtime.kernel import Kernel
from core.store import Store
from core.store.errors import StoreError
from core.store.tx import Tx
from state.change import Change
from state.events import StatusChanged
from state.manager import StateManager
from state.models import Snapshot
from state.status.watch import SETTLED_S, StatusWatch
from tests.manual_clock import ManualClock


@pytest.fixture
def heard(manager: StateManager) -> list[tuple[str, str]]:
    told: list[tuple[str, str]] = []

    def hear(_old: Snapshot, _new: Snapshot, change: Change) -> None:
        told.extend((each.previous, each.status) for each in change.events if isinstance(each, StatusChanged))

    manager.subscribe(hear)
    return told


@pytest.fixture
def watch(kernel: Kernel, manager: StateManager, clock: ManualClock) -> StatusWatch:
    return StatusWatch(kernel, manager, sleep=clock.sleep)


async def test_the_first_status_is_no_change_and_the_next_one_is(
    watch: StatusWatch, kernel: Kernel, heard: list[tuple[str, str]]
) -> None:
    kernel.health.report("disk", "pass")
    assert not await watch.look()
    kernel.health.report("disk", "warn", "nearly full")
    assert await watch.look()
    assert not await watch.look()
    kernel.health.report("disk", "fail", "full", required=True)
    assert await watch.look()
    assert heard == [("pass", "warn"), ("warn", "fail")]


async def test_it_is_told_over_a_restart_and_says_what_is_wrong(
    watch: StatusWatch, kernel: Kernel, manager: StateManager, database: Store
) -> None:
    taken: list[StatusChanged] = []

    def sink(_connection: Tx, _at: object, events: object) -> None:
        assert isinstance(events, tuple)
        taken.extend(events)

    manager.set_event_sink(sink)
    await watch.look()
    kernel.health.report("disk", "warn", "nearly full")
    assert await StatusWatch(kernel, manager).look()
    (event,) = taken
    assert "disk" in event.assessment
    assert database.stats().failures == 0


async def test_nothing_is_told_while_it_starts_or_stops(
    watch: StatusWatch, kernel: Kernel, heard: list[tuple[str, str]]
) -> None:
    await watch.look()
    kernel.health.expect("gateway")
    assert not await watch.look()
    kernel.health.report("gateway", "pass")
    kernel.drain.close()
    kernel.health.report("gateway", "fail", "closing", required=True)
    assert not await watch.look()
    assert heard == []


async def until(look: Callable[[], bool]) -> None:
    async with asyncio.timeout(40):
        while not look():
            await asyncio.sleep(0.005)


async def test_a_short_drop_is_no_news_and_one_that_lasts_is(
    watch: StatusWatch, kernel: Kernel, clock: ManualClock, heard: list[tuple[str, str]]
) -> None:
    kernel.health.report("gateway", "pass")
    await watch.look()
    task = asyncio.create_task(watch.run())
    statuses: tuple[Status, ...] = ("warn", "pass")
    for status in statuses:
        await clock.until_sleeping()
        kernel.health.report("gateway", status)
        clock.advance(SETTLED_S)
    await clock.until_sleeping()
    clock.advance(SETTLED_S)
    await until(lambda: not clock.pending_sleeps())
    assert heard == []
    kernel.health.report("gateway", "warn", "dropped")
    await clock.until_sleeping()
    clock.advance(SETTLED_S)
    await until(lambda: bool(heard))
    await end(task)
    assert heard == [("pass", "warn")]


async def end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait({task})


async def test_a_store_that_refuses_is_asked_again(
    kernel: Kernel,
    manager: StateManager,
    clock: ManualClock,
    heard: list[tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watch = StatusWatch(kernel, manager, sleep=clock.sleep)
    await watch.look()
    kernel.health.report("disk", "warn", "nearly full")
    real, refused = manager.change_with, asyncio.Event()

    async def change_with(function: object, also: object = None) -> Snapshot:
        if not refused.is_set():
            refused.set()
            raise StoreError("no room")
        return await real(function, also)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(manager, "change_with", change_with)
    task = asyncio.create_task(watch.run())
    for _ in range(2):
        await clock.until_sleeping()
        clock.advance(SETTLED_S)
        await refused.wait()
    await until(lambda: bool(heard))
    await end(task)
    assert heard == [("pass", "warn")]
    assert msgspec.structs.asdict(manager.snapshot)["version"] == 1
