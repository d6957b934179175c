"""After a clock that was ahead, nothing waits longer than its schedule, counted from now."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from core.store import Store
from core.store.moments import to_us
from core.store.tx import Tx
from core.webhooks.inbox import Inbox, Incoming
from core.webhooks.records import Handling
from core.webhooks.retries import JITTER, SCHEDULE_S
from core.webhooks.table.handling_table import take_back
from core.webhooks.table.waits_table import shorten_waits
from tests.core.webhooks.delivery_stage import Stage
from tests.core.webhooks.receiver import Receiver
from tests.manual_clock import ManualClock

AHEAD_S = 7200.0


async def shorten(store: Store, clock: ManualClock) -> int:
    return await store.write(partial(shorten_waits, now_us=to_us(clock.now())))


async def accepted(store: Store, clock: ManualClock) -> str:
    incoming = Incoming(type="t", data=b"{}", key=None, handlers=("one",))
    return (await Inbox(store, clock).accept(incoming)).id


async def handling(store: Store, clock: ManualClock, event: str) -> Handling:
    found = await Inbox(store, clock).find(event)
    assert found is not None
    return found.handlers[0]


async def fail(store: Store, event: str, attempts: int, next_us: int) -> None:
    """As a handler leaves it that has failed so often."""

    def work(tx: Tx) -> int:
        return tx.execute(
            "UPDATE handling SET status = 'failed', attempts = ?, next_us = ? "
            "WHERE event = (SELECT seq FROM inbox WHERE id = ?)",
            (attempts, next_us, event),
        ).rowcount

    assert await store.write(work) == 1


async def test_an_event_that_was_accepted_by_a_clock_ahead_is_due_now(
    store: Store, clock: ManualClock
) -> None:
    clock.set(AHEAD_S)
    event = await accepted(store, clock)
    clock.set(-AHEAD_S)
    assert await shorten(store, clock) == 1
    assert (await handling(store, clock, event)).next_at == clock.now()


@pytest.mark.parametrize("attempts", range(1, len(SCHEDULE_S)))
async def test_a_handler_waits_no_longer_than_its_schedule(
    store: Store, clock: ManualClock, attempts: int
) -> None:
    longest = timedelta(seconds=SCHEDULE_S[attempts] * (1 + JITTER))
    event = await accepted(store, clock)
    await fail(store, event, attempts, to_us(clock.now() + longest))
    assert await shorten(store, clock) == 0
    await fail(store, event, attempts, to_us(clock.now() + longest + timedelta(seconds=AHEAD_S)))
    assert await shorten(store, clock) == 1
    assert (await handling(store, clock, event)).next_at == clock.now() + longest


async def test_what_a_clock_ahead_had_begun_is_due_when_it_is_taken_back(
    store: Store, clock: ManualClock
) -> None:
    clock.set(AHEAD_S)
    event = await accepted(store, clock)
    await store.write(lambda tx: tx.execute("UPDATE handling SET status = 'processing'"))
    clock.set(-AHEAD_S)
    await shorten(store, clock)
    await store.write(lambda tx: take_back(tx, "one", to_us(clock.now())))
    found = await handling(store, clock, event)
    assert (found.status, found.next_at) == ("failed", clock.now())


async def test_a_delivery_of_a_clock_ahead_is_sent_now(
    stage: Stage, receiver: Receiver, clock: ManualClock
) -> None:
    clock.set(AHEAD_S)
    event = await stage.emit()
    clock.set(-AHEAD_S)
    await shorten(stage.store, clock)
    async with stage.running():
        await receiver.until(1)
    assert receiver.got[0].headers["webhook-id"] == event


async def test_a_delivery_that_failed_waits_as_long_as_the_receiver_asked_for_and_no_longer(
    stage: Stage, receiver: Receiver, clock: ManualClock
) -> None:
    receiver.statuses, receiver.headers = [503], {"Retry-After": "3600"}
    clock.set(AHEAD_S)
    await stage.emit()
    async with stage.running():
        await stage.until(1)
    clock.set(-AHEAD_S)
    assert await shorten(stage.store, clock) == 1
    due = clock.now() + timedelta(hours=1)
    assert (await stage.one()).next_at == due
    # A start in between does not let it wait for the whole hour again.
    clock.advance(1800)
    assert await shorten(stage.store, clock) == 0
    assert (await stage.one()).next_at == due


async def test_a_pause_of_a_clock_that_is_right_is_kept(
    stage: Stage, receiver: Receiver, clock: ManualClock
) -> None:
    receiver.statuses, receiver.headers = [503], {"Retry-After": "86400"}
    await stage.emit()
    async with stage.running():
        await stage.until(1)
    due = (await stage.one()).next_at
    assert await shorten(stage.store, clock) == 0
    assert (await stage.one()).next_at == due


async def test_a_destination_that_failed_by_a_clock_ahead_is_given_up_after_five_days(
    stage: Stage, receiver: Receiver, clock: ManualClock
) -> None:
    receiver.statuses = [503]
    clock.set(AHEAD_S)
    await stage.emit()
    async with stage.running():
        await stage.until(1)
    clock.set(-AHEAD_S)
    await shorten(stage.store, clock)
    since = await stage.store.read(
        lambda tx: tx.execute("SELECT failing_since_us FROM destination_state").fetchone()
    )
    assert since == (to_us(clock.now()),)
