"""What lets a destination rest, and what does not: a pause that it asks for, and its breaker."""

from __future__ import annotations

import pytest

from core.breakers.policies import BreakerPolicy
from tests.core.webhooks.delivery_stage import Stage
from tests.core.webhooks.receiver import Receiver


async def test_a_refusal_asks_for_no_pause(stage: Stage, receiver: Receiver) -> None:
    receiver.statuses = [400, 200]
    receiver.headers = {"Retry-After": "60"}
    async with stage.running():
        await stage.emit()
        await stage.until(2)
    assert [settled.status for settled in stage.settled] == ["dead", "delivered"]


async def test_a_long_pause_holds_up_what_waits_behind_it_for_five_minutes_at_most(
    stage: Stage, receiver: Receiver
) -> None:
    receiver.statuses = [503, 200]
    receiver.headers = {"Retry-After": "7200"}
    async with stage.running():
        await stage.emit()
        await stage.until(1)
        second = await stage.emit()
        await stage.wait(300)
        await stage.until(2)
    assert (stage.settled[1].event_id, stage.settled[1].status) == (second, "delivered")


@pytest.mark.parametrize(("status", "state"), [(429, "closed"), (400, "closed"), (500, "open")])
async def test_only_a_destination_that_fails_opens_its_breaker(
    stage: Stage, receiver: Receiver, status: int, state: str
) -> None:
    stage.policy = BreakerPolicy(min_calls=1)
    receiver.statuses = [status]
    async with stage.running():
        await stage.emit()
        await stage.until(1)
        assert stage._breaker("zapier", "").state == state


@pytest.mark.parametrize("status", [429, 410])
async def test_what_waits_behind_a_pause_or_an_end_is_not_sent(
    stage: Stage, receiver: Receiver, status: int
) -> None:
    receiver.statuses, receiver.headers = [status], {"Retry-After": "60"}
    for _ in range(6):
        await stage.emit()
    async with stage.running():
        await stage.until(1)
        await stage.until_idle()
    assert len(receiver.got) == 4
    left = {"waiting"} if status == 429 else {"dead"}
    assert {each.status for each in await stage.outbox.page()} == left
