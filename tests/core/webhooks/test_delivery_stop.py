"""A stop waits for the deliveries that are being sent, and begins no other."""

from __future__ import annotations

import asyncio

from tests.core.webhooks.delivery_stage import Stage
from tests.core.webhooks.receiver import Receiver


async def test_a_stop_waits_for_what_is_being_sent_and_begins_nothing_more(
    stage: Stage, receiver: Receiver
) -> None:
    receiver.hang = True
    async with stage.running():
        first = await stage.emit()
        await receiver.until(1)
        stage.deliverer.stop_attempts()
        finishing = asyncio.create_task(stage.drain.finish(10))
        await asyncio.sleep(0)
        second = await stage.emit()
        assert not finishing.done()
        receiver.released.set()
        assert await finishing == {}
        await stage.until_idle()
    assert [got.headers["webhook-id"] for got in receiver.got] == [first]
    left = {each.event_id: each.status for each in await stage.outbox.page()}
    assert left == {first: "delivered", second: "waiting"}


async def test_a_stop_waits_no_longer_than_it_may(stage: Stage, receiver: Receiver) -> None:
    receiver.hang = True
    async with stage.running():
        await stage.emit()
        await receiver.until(1)
        stage.deliverer.stop_attempts()
        async with asyncio.timeout(40):
            assert await stage.drain.finish(0.01) == {"delivery": 1}
    assert (await stage.one()).status == "waiting"


async def test_four_at_once_are_sent_to_one_destination(stage: Stage, receiver: Receiver) -> None:
    receiver.hang = True
    for _ in range(5):
        await stage.emit()
    async with stage.running():
        await receiver.until(4)
        assert await stage.drain.finish(0.01) == {"delivery": 4}


async def test_what_waits_for_a_breaker_is_not_begun_after_a_stop(stage: Stage, receiver: Receiver) -> None:
    stage._breaker("zapier", "").trip()
    await stage.emit()
    async with stage.running():
        await stage.clock.until_sleeping()
        stage.deliverer.stop_attempts()
        stage.clock.advance(stage.policy.open_s)
        await stage.until_idle()
    assert receiver.got == []
