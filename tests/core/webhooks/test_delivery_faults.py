"""Deliveries while something of our own fails: a kill, the store, a body, a lane."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from core.store import Store
from core.store.errors import StoreError
from core.webhooks.destinations import Destination
from core.webhooks.sending import Message
from core.webhooks.table.delivery_table import is_over
from tests.core.webhooks.delivery_stage import Stage, settings
from tests.core.webhooks.receiver import Receiver
from tests.manual_clock import ManualClock
from tests.raw_server import BAD_AFTER_200, answering


async def test_a_kill_between_sending_and_noting_sends_it_again_under_the_same_id(
    store: Store, clock: ManualClock, receiver: Receiver
) -> None:
    first = Stage(store, clock, settings(receiver))

    async def die(*_: object) -> None:
        raise asyncio.CancelledError

    first.deliverer._recorder.record = die  # type: ignore[method-assign, assignment]  # the process ends here
    async with first.running():
        event = await first.emit()
        await receiver.until(1)
    second = Stage(store, clock, settings(receiver))
    async with second.running():
        await second.until(1)
    assert [got.headers["webhook-id"] for got in receiver.got] == [event, event]
    assert (await second.one()).status == "delivered"


async def test_a_store_that_refuses_for_a_while_makes_nothing_arrive_twice(
    stage: Stage, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, left = stage.store.write, 2

    async def write(work: Any, **options: Any) -> Any:
        nonlocal left
        if left and not stage.settled and receiver.got:
            left -= 1
            raise StoreError("the disk is full")
        return await real(work, **options)

    monkeypatch.setattr(stage.store, "write", write)
    async with stage.running():
        await stage.emit()
        for pause_s in (0.1, 0.5):
            assert [round(each, 3) for each in await stage.clock.until_sleeping()] == [pause_s]
            await stage.wait(pause_s)
        await stage.until(1)
    assert len(receiver.got) == 1
    assert (await stage.one()).status == "delivered"


async def test_one_that_cannot_be_rendered_holds_up_none_behind_it(stage: Stage) -> None:
    def render(_kind: str, message: Message) -> bytes:
        if b"poison" in message.payload:
            raise KeyError("timestamp")
        return message.payload

    stage.deliverer._render = render
    async with stage.running():
        bad = await stage.emit(data={"x": "poison"})
        good = await stage.emit()
        await stage.until(2)
    by_event = {each.event_id: each for each in await stage.outbox.page()}
    assert (by_event[bad].status, by_event[bad].last_error) == ("waiting", "KeyError")
    assert by_event[good].status == "delivered"


async def test_a_lane_that_fails_rests_before_it_is_opened_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = stage.destinations.find, 0

    def find(*arguments: Any) -> Destination | None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise RuntimeError("a bug")
        return real(*arguments)

    monkeypatch.setattr(stage.destinations, "find", find)
    async with stage.running():
        await stage.emit()
        async with asyncio.timeout(40):
            while not stage.deliverer._resting:
                await asyncio.sleep(0.005)
        stage.outbox.committed()
        await asyncio.sleep(0.02)
        assert calls == 1
        await stage.wait(5)
        await stage.until(1)
    assert (await stage.one()).status == "delivered"


async def test_a_store_that_cannot_be_read_ends_nothing_that_is_being_sent(
    stage: Stage, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.hang = True
    async with stage.running() as task:
        await stage.emit()
        await receiver.until(1)
        real, failed = stage.store.read, asyncio.Event()

        async def read(work: Any) -> Any:
            if not failed.is_set():
                failed.set()
                raise StoreError("cannot be read")
            return await real(work)

        monkeypatch.setattr(stage.store, "read", read)
        stage.outbox.committed()
        await failed.wait()
        receiver.released.set()
        await stage.until(1)
        assert not task.done()
    assert (await stage.one()).status == "delivered"


async def test_a_store_that_cannot_be_read_cuts_off_nothing_that_is_being_sent(
    stage: Stage, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, read = 0, stage.store.read

    async def fails_once(work: Any) -> Any:
        nonlocal looked
        if getattr(work, "func", None) is not is_over:
            return await read(work)
        looked += 1
        if looked == 2:
            receiver.hang = True
            await receiver.until(2)
            raise StoreError("busy")
        return await read(work)

    monkeypatch.setattr(stage.store, "read", fails_once)
    stage._breaker("zapier", "").trip()
    sent = [await stage.emit() for _ in range(3)]
    async with stage.running():
        await stage.clock.until_sleeping()
        stage.clock.advance(stage.policy.open_s)
        await receiver.until(2)
        receiver.released.set()
        await stage.until(2)
        await stage.wait(10)
        await stage.until(3)
    assert sorted(got.headers["webhook-id"] for got in receiver.got) == sorted(sent)


@pytest.mark.parametrize("kind", BAD_AFTER_200)
async def test_a_good_status_is_delivered_whatever_follows_it(
    store: Store, clock: ManualClock, receiver: Receiver, kind: str
) -> None:
    async with answering(BAD_AFTER_200[kind]) as url:
        receiver.url = url
        stage = Stage(store, clock, settings(receiver))
        async with stage.running():
            await stage.emit()
            await stage.until(1)
        delivery = await stage.one()
    assert (delivery.status, delivery.attempts, delivery.last_status) == ("delivered", 1, 200)


async def test_a_final_refusal_is_final_whatever_follows_it(
    store: Store, clock: ManualClock, receiver: Receiver
) -> None:
    async with answering(
        b"HTTP/1.1 400 Bad Request\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"
    ) as url:
        receiver.url = url
        stage = Stage(store, clock, settings(receiver))
        async with stage.running():
            await stage.emit()
            await stage.until(1)
        dead = [each for each in await stage.outbox.page() if each.status == "dead"]
    assert [(each.attempts, each.last_status) for each in dead] == [(1, 400)]


async def test_a_loop_that_is_cut_off_during_a_probe_can_run_again(stage: Stage, receiver: Receiver) -> None:
    receiver.hang = True
    stage._breaker("zapier", "").trip()
    await stage.emit()
    async with stage.running() as task:
        await stage.clock.until_sleeping()
        stage.clock.advance(stage.policy.open_s)
        await receiver.until(1)
        task.cancel()
        await asyncio.wait({task})
        receiver.hang = False
        again = asyncio.create_task(stage.deliverer.run())
        await stage.until(1)
        again.cancel()
        await asyncio.wait({again})
    assert (await stage.one()).status == "delivered"
