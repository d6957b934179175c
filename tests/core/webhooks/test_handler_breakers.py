"""A handler's breaker: what opens it, and that its one probe is never lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from core.errors import HelixError
from core.store import Store
from core.store.errors import StoreError
from core.webhooks.job import Job, Refused
from tests.core.webhooks.router_stage import Stage, failing, run
from tests.manual_clock import ManualClock


@pytest.fixture
async def stage(store: Store, clock: ManualClock) -> Stage:
    made = Stage(store, clock)
    await made.inbox.open()
    return made


@pytest.mark.parametrize("error", [lambda: HelixError("Not now."), lambda: Refused("Never.")])
async def test_a_handler_that_says_why_not_opens_no_breaker(
    stage: Stage, error: Callable[[], Exception]
) -> None:
    handler, jobs = failing(5, error)
    for key in "abcde":
        await stage.accept(key)
    async with stage.running(one=handler):
        await stage.until(5)
    assert len(jobs) == 5
    assert stage.breaker_state("one") == "closed"


async def test_an_error_after_the_effect_was_kept_opens_no_breaker(stage: Stage) -> None:
    async def handle(job: Job) -> None:
        await stage.store.write(job.done_with)
        job.committed()
        raise RuntimeError("after the commit")

    for key in "abcde":
        await stage.accept(key)
    async with stage.running(one=handle):
        await stage.until(5)
    assert stage.outcomes == [("t", "done")] * 5
    assert stage.breaker_state("one") == "closed"


async def test_a_probe_that_found_nothing_due_lets_the_next_event_through(stage: Stage) -> None:
    handler, jobs = failing(0)
    lane = stage.router.register("one", handler)
    stage.breakers["one"].trip()
    task = asyncio.create_task(run(lane))
    await stage.clock.until_sleeping()
    stage.clock.advance(60)
    async with asyncio.timeout(40):
        while stage.breaker_state("one") != "half-open":
            await asyncio.sleep(0.005)
    await stage.accept("a")
    await stage.until(1)
    task.cancel()
    await asyncio.wait({task})
    assert len(jobs) == 1
    assert stage.breaker_state("one") == "closed"


async def test_a_lane_that_fails_during_its_probe_can_run_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object) -> None:
        raise StoreError("the disk is full")

    handler, jobs = failing(0)
    lane = stage.router.register("one", handler)
    stage.breakers["one"].trip()
    await stage.accept("a")
    task = asyncio.create_task(run(lane))
    await stage.clock.until_sleeping()
    with monkeypatch.context() as full:
        full.setattr(stage.store, "write", refuse)
        stage.clock.advance(60)
        with pytest.raises(StoreError, match="full"):
            await task
    task = asyncio.create_task(run(lane))
    await stage.until(1)
    task.cancel()
    await asyncio.wait({task})
    assert len(jobs) == 1


async def test_an_open_breaker_consumes_no_attempt(stage: Stage) -> None:
    handler, jobs = failing(3)
    events = [await stage.accept(key) for key in "abcd"]
    async with stage.running(one=handler):
        await stage.until(3)
        assert stage.breaker_state("one") == "open"
        await stage.clock.until_sleeping()
        assert len(jobs) == 3
        stage.clock.advance(60)
        await stage.until(4)
    found = await stage.inbox.find(events[3])
    assert found is not None
    assert found.handlers[0].attempts <= 1
    assert stage.breaker_state("one") == "closed"
