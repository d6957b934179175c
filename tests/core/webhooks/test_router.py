"""Handlers: in order, apart from each other, again after a failure, once where the effect is ours."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from core.errors import HelixError
from core.store import Store
from core.store.tx import Tx
from core.webhooks.job import Job, Refused
from core.webhooks.retries import SCHEDULE_S
from tests.core.webhooks.router_stage import Stage, failing, run
from tests.manual_clock import ManualClock


async def test_what_a_lane_waits_for_consumes_no_attempt_and_holds_up_no_other(stage: Stage) -> None:
    open_now = asyncio.Event()

    async def handler(_: Job) -> None:
        return None

    waiting = stage.router.register("one", handler, when=open_now.wait)
    async with stage.running(two=handler):
        task = asyncio.create_task(run(waiting))
        event = await stage.accept("a", "one", "two")
        await stage.until(1)
        found = await stage.inbox.find(event)
        assert found is not None
        assert {each.name: (each.status, each.attempts) for each in found.handlers} == {
            "one": ("accepted", 0), "two": ("done", 1),
        }  # fmt: skip
        open_now.set()
        await stage.until(2)
        task.cancel()
        await asyncio.wait({task})
    assert await stage.status(event) == "done"


@pytest.fixture
async def stage(store: Store, clock: ManualClock) -> Stage:
    made = Stage(store, clock)
    await made.inbox.open()
    return made


async def test_events_are_handled_in_the_order_in_which_they_came(stage: Stage) -> None:
    handler, jobs = failing(0)
    for key in "abc":
        await stage.accept(key)
    async with stage.running(one=handler):
        await stage.until(3)
        await stage.accept("d")
        await stage.until(4)
    assert [job.data for job in jobs] == [b"a", b"b", b"c", b"d"]
    assert stage.inbox.waiting == 0
    assert stage.outcomes == [("t", "done")] * 4


async def test_a_failing_handler_is_tried_again_and_neither_blocks_nor_repeats_its_neighbour(
    stage: Stage,
) -> None:
    bad, tried = failing(1)
    good, done = failing(0)
    event = await stage.accept("a", "one", "two")
    async with stage.running(one=bad, two=good):
        await stage.until(2)
        assert await stage.status(event) == "failed"
        await stage.accept("b", "two")
        await stage.until(3)
        stage.clock.advance(SCHEDULE_S[1])
        await stage.accept("wake", "one")
        await stage.until(5)
    assert [job.attempt for job in tried] == [1, 2, 1]
    assert [job.data for job in done] == [b"a", b"b"]
    assert await stage.status(event) == "done"


async def test_the_schedule_is_that_of_the_design_and_then_it_is_dead(stage: Stage) -> None:
    handler, jobs = failing(99, lambda: HelixError("The shop is shut."))
    event = await stage.accept("a")
    async with stage.running(one=handler):
        await stage.until(1)
        for attempt, pause_s in enumerate(SCHEDULE_S[1:], start=1):
            found = await stage.inbox.find(event)
            assert found is not None
            (handling,) = found.handlers
            assert (handling.status, handling.attempts, handling.error) == (
                "failed", attempt, "The shop is shut.",
            )  # fmt: skip
            assert handling.next_at == stage.clock.now() + timedelta(seconds=pause_s)
            stage.clock.advance(pause_s)
            stage.router._accepted(("one",))
            await stage.until(attempt + 1)
    assert await stage.status(event) == "dead"
    assert len(jobs) == len(SCHEDULE_S) == 10
    assert sum(SCHEDULE_S) == pytest.approx(75 * 3600, rel=0.05)
    assert stage.inbox.waiting == 0


async def test_what_will_never_work_is_dead_at_once(stage: Stage) -> None:
    handler, jobs = failing(9, lambda: Refused("There is no such agent."))
    event = await stage.accept("a")
    async with stage.running(one=handler):
        await stage.until(1)
    found = await stage.inbox.find(event)
    assert found is not None
    assert (found.status, found.handlers[0].error, len(jobs)) == ("dead", "There is no such agent.", 1)


async def test_an_unexpected_error_is_kept_by_its_kind_alone(stage: Stage) -> None:
    handler, _ = failing(9, lambda: RuntimeError("https://user:password@host"))
    event = await stage.accept("a")
    async with stage.running(one=handler):
        await stage.until(1)
    found = await stage.inbox.find(event)
    assert found is not None
    assert found.handlers[0].error == "RuntimeError"


async def test_effect_and_done_are_one_transaction(stage: Stage) -> None:
    async def handle(job: Job) -> None:
        def work(tx: Tx) -> None:
            tx.execute("INSERT INTO remembered VALUES ('x', ?, 'y', 'z')", (job.event_id,))
            job.done_with(tx)

        await stage.store.write(work)
        job.committed()
        raise RuntimeError("after the commit nothing can undo it")

    event = await stage.accept("a")
    async with stage.running(one=handle):
        await stage.until(1)
    assert await stage.status(event) == "done"
    assert stage.outcomes == [("t", "done")]


async def test_what_an_earlier_process_had_begun_is_tried_again(stage: Stage) -> None:
    event = await stage.accept("a")
    await stage.store.write(
        lambda tx: (
            tx.execute("UPDATE handling SET status = 'processing', attempts = 1, first_us = 5").rowcount
        )
    )
    assert await stage.status(event) == "processing"
    handler, jobs = failing(0)
    async with stage.running(one=handler):
        await stage.until(1)
    assert jobs[0].attempt == 2
    assert jobs[0].first_at.year == 1970
    assert await stage.status(event) == "done"


async def test_what_a_handler_left_behind_outside_is_kept(stage: Stage) -> None:
    async def handle(job: Job) -> None:
        job.result = "message 5"

    event = await stage.accept("a")
    async with stage.running(one=handle):
        await stage.until(1)
    found = await stage.inbox.find(event)
    assert found is not None
    assert found.handlers[0].result == "message 5"


async def test_a_handler_that_takes_too_long_has_failed(stage: Stage) -> None:
    stage.router._timeout_s = 0.01

    async def handle(_: Job) -> None:
        await asyncio.Event().wait()

    event = await stage.accept("a")
    async with stage.running(one=handle):
        await stage.until(1)
    found = await stage.inbox.find(event)
    assert found is not None
    assert (found.status, found.handlers[0].error) == ("failed", "took too long")


async def test_a_stop_in_the_middle_leaves_it_to_the_next_start(stage: Stage) -> None:
    begun = asyncio.Event()

    async def handle(_: Job) -> None:
        begun.set()
        await asyncio.Event().wait()

    event = await stage.accept("a")
    async with stage.running(one=handle):
        await begun.wait()
    assert await stage.status(event) == "processing"
    assert stage.inbox.waiting == 1


def test_a_name_is_registered_once(stage: Stage) -> None:
    handler, _ = failing(0)
    stage.router.register("one", handler)
    with pytest.raises(ValueError, match="registered already"):
        stage.router.register("one", handler)


async def test_what_was_committed_while_it_was_given_up_is_done_and_not_done_again(
    store: Store, clock: ManualClock
) -> None:
    stage = Stage(store, clock)

    async def late(job: Job) -> None:
        await store.write(job.done_with)
        # The handler's time is up before it can say that this is on the disk.
        raise TimeoutError

    await stage.inbox.open()
    async with stage.running(one=late):
        event = await stage.accept("a")
        await stage.until(1)
    assert stage.outcomes == [("t", "done")]
    assert await stage.status(event) == "done"
    assert stage.inbox.waiting == 0


async def test_an_event_whose_handling_ends_the_process_each_time_is_dead_in_the_end(
    store: Store, clock: ManualClock
) -> None:
    event = ""
    for start in range(len(SCHEDULE_S) + 1):
        stage = Stage(store, clock)
        event = event or await stage.accept("a")
        await stage.inbox.open()
        began = asyncio.Event()

        async def hang(_job: Job, began: asyncio.Event = began) -> None:
            began.set()
            await asyncio.Event().wait()

        async with asyncio.timeout(40), stage.running(one=hang):
            if start < len(SCHEDULE_S):
                await began.wait()
            else:
                while await stage.status(event) != "dead":
                    await asyncio.sleep(0.005)
    assert stage.inbox.waiting == 0
    assert not began.is_set()
