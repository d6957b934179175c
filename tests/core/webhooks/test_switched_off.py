"""A destination that is gone, refuses for days, or left the settings is switched off, and comes back."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from core.breakers.policies import BreakerPolicy
from core.settings import Settings
from core.store import Store
from core.store.errors import StoreError
from core.store.tx import Tx
from core.webhooks.dead_letter_notice import DeadLetterNotices
from core.webhooks.table import delivery_table
from core.webhooks.table.delivery_table import end_waiting, is_over
from tests.core.webhooks.delivery_stage import Stage
from tests.core.webhooks.receiver import Receiver
from tests.manual_clock import ManualClock


async def test_410_removes_a_hook_and_ends_what_waits_for_it(
    store: Store, clock: ManualClock, receiver: Receiver
) -> None:
    stage = Stage(store, clock, Settings())
    await stage.destinations.subscribe("ucf.changed", receiver.url)
    receiver.statuses = [500, 410]
    async with stage.running():
        await stage.emit()
        await stage.until(1)
        await stage.emit()
        await stage.until(2)
    assert await stage.destinations.subscriptions() == ()
    assert {delivery.status for delivery in await stage.outbox.page()} == {"dead"}
    assert stage.settled[-1].disabled == "it answered 410 Gone"
    assert await stage.emit()
    assert len(await stage.outbox.page()) == 2


async def test_410_disables_a_destination_of_the_settings_until_it_is_enabled(
    stage: Stage, receiver: Receiver
) -> None:
    receiver.statuses = [410, 200]
    async with stage.running():
        await stage.emit()
        await stage.until(1)
        assert await stage.destinations.disabled() == {"zapier": "it answered 410 Gone"}
        await stage.emit()
        assert await stage.outbox.page(status="waiting") == ()
        assert await stage.destinations.enable("zapier")
        await stage.emit()
        await stage.until(2)
    assert stage.settled[-1].status == "delivered"
    assert not await stage.destinations.enable("zapier")


async def test_after_five_days_of_failures_a_destination_is_disabled(
    stage: Stage, receiver: Receiver
) -> None:
    receiver.statuses = [500]
    async with stage.running():
        await stage.emit()
        await stage.until(1)
        await stage.wait(5 * 86_400 - 60)
        await stage.until(2)
        assert await stage.destinations.disabled() == {}
        await stage.wait(300)
        await stage.until(3)
    assert await stage.destinations.disabled() == {"zapier": "it has failed for 5 days"}
    assert stage.settled[-1].disabled == "it has failed for 5 days"
    assert stage.settled[-1].status == "dead"
    assert (await stage.outbox.page(status="waiting")) == ()


async def test_after_five_days_of_refusals_a_destination_is_disabled_too(
    stage: Stage, receiver: Receiver
) -> None:
    """As that of a Discord webhook which was deleted, which answers 404 from then on."""
    receiver.statuses = [404]
    async with stage.running():
        await stage.emit()
        await stage.until(2)
        await stage.wait(5 * 86_400 + 60)
        assert await stage.destinations.disabled() == {}
        await stage.emit()
        await stage.until(3)
    assert await stage.destinations.disabled() == {"zapier": "it has failed for 5 days"}


async def test_one_success_starts_the_five_days_over(stage: Stage, receiver: Receiver) -> None:
    receiver.statuses = [500, 200, 500]
    async with stage.running():
        await stage.emit()
        await stage.until(1)
        await stage.wait(4 * 86_400)
        await stage.until(2)
        await stage.emit()
        await stage.until(3)
        await stage.wait(4 * 86_400)
        await stage.until(4)
    assert await stage.destinations.disabled() == {}


async def test_what_waits_behind_an_open_breaker_is_not_sent_once_its_hook_is_removed(
    store: Store, clock: ManualClock, receiver: Receiver
) -> None:
    stage = Stage(store, clock, Settings())
    stage.policy = BreakerPolicy(min_calls=1, open_s=60)
    hook = await stage.destinations.subscribe("ucf.changed", receiver.url)
    removed: list[str] = []
    stage.destinations.on_removed(removed.append)
    stage._breaker(hook.id, "").trip()
    async with stage.running():
        await stage.emit()
        await clock.until_sleeping()
        assert (await stage.one()).attempts == 0, "an open breaker consumes no attempt"
        assert await stage.destinations.unsubscribe(hook.id)
        await stage.wait(61)
        await stage.until_idle()
    assert receiver.got == []
    assert removed == [hook.id]
    assert (await stage.one()).last_error == "the hook is gone"


async def test_what_may_be_over_is_not_sent_while_the_store_does_not_say(
    store: Store, clock: ManualClock, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage(store, clock, Settings())
    hook = await stage.destinations.subscribe("ucf.changed", receiver.url)
    stage._breaker(hook.id, "").trip()
    failed: list[int] = []

    def fails_once(tx: Tx, delivery: int) -> bool:
        if not failed:
            failed.append(delivery)
            raise StoreError("busy")
        return is_over(tx, delivery)

    monkeypatch.setattr(delivery_table, "is_over", fails_once)
    async with stage.running():
        await stage.emit()
        await clock.until_sleeping()
        assert await stage.destinations.unsubscribe(hook.id)
        await stage.wait(stage.policy.open_s)
        await stage.until_idle()
    assert failed
    assert receiver.got == []


async def test_what_arrived_counts_as_delivered_though_its_destination_was_switched_off_meanwhile(
    stage: Stage, receiver: Receiver
) -> None:
    receiver.hang = True
    async with stage.running():
        await stage.emit()
        await receiver.until(1)
        await stage.store.write(lambda connection: end_waiting(connection, "zapier", 1, "switched off"))
        receiver.released.set()
        await stage.until(1)
    assert (await stage.one()).status == "delivered"


async def test_a_replay_that_arrives_switches_its_destination_on_again(
    stage: Stage, receiver: Receiver
) -> None:
    receiver.statuses = [410, 200]
    async with stage.running():
        await stage.emit()
        await stage.until(1)
        assert await stage.destinations.disabled() == {"zapier": "it answered 410 Gone"}
        assert await stage.outbox.replay((await stage.one()).id)
        await stage.until(2)
    assert await stage.destinations.disabled() == {}


async def test_a_hook_that_goes_takes_its_pace_with_it(
    store: Store, clock: ManualClock, receiver: Receiver
) -> None:
    stage = Stage(store, clock, Settings())
    hook = await stage.destinations.subscribe("ucf.changed", receiver.url)
    found = await store.read(lambda connection: stage.destinations.find(connection, hook.id))
    assert found is not None
    await stage.deliverer._pace(msgspec.structs.replace(found, kind="zapier"))
    assert set(stage.deliverer._paces) == {hook.id}
    await stage.destinations.unsubscribe(hook.id)
    assert stage.deliverer._paces == {}


async def test_a_hook_that_goes_takes_its_pause_with_it(
    store: Store, clock: ManualClock, receiver: Receiver
) -> None:
    stage = Stage(store, clock, Settings())
    hook = await stage.destinations.subscribe("ucf.changed", receiver.url)
    receiver.statuses, receiver.headers = [429], {"Retry-After": "60"}
    async with stage.running():
        await stage.emit()
        await stage.until(1)
        assert set(stage.deliverer._resting) == {hook.id}
        await stage.destinations.unsubscribe(hook.id)
    assert stage.deliverer._resting == {}


async def test_a_hook_that_is_removed_while_it_is_sent_to_ends_quietly(
    store: Store, clock: ManualClock, receiver: Receiver
) -> None:
    stage = Stage(store, clock, Settings())
    hook = await stage.destinations.subscribe("ucf.changed", receiver.url)
    receiver.hang, receiver.statuses = True, [500]
    async with stage.running():
        await stage.emit()
        await receiver.until(1)
        assert await stage.destinations.unsubscribe(hook.id)
        receiver.released.set()
        await stage.until_idle()
    assert stage.settled == []
    delivery = await stage.one()
    assert (delivery.status, delivery.last_error) == ("dead", "the hook is gone")
    assert not await stage.outbox.replay(delivery.id), "nobody is there to send it to"
    assert not await DeadLetterNotices(store).has_unclaimed()


async def test_what_waits_for_a_destination_that_left_the_settings_is_dead_and_told(
    stage: Stage, store: Store, clock: ManualClock
) -> None:
    await stage.emit()
    without = Stage(store, clock, Settings())
    async with without.running():
        async with asyncio.timeout(40):
            while (await without.one()).status != "dead":
                await asyncio.sleep(0.005)
    notices = DeadLetterNotices(store)
    assert await notices.has_unclaimed()
    await notices.claim(7)
    assert not await notices.has_unclaimed()
    told = await notices.notice_content(7)
    assert told is not None
    assert [(each.destination, each.error) for each in told.letters] == [
        ("zapier", "its destination is gone")
    ]
    assert (told.count, told.off) == (1, {})
    assert await notices.notice_content(8) is None
    assert not await without.outbox.replay(told.first)
    assert await stage.outbox.replay(told.first), "the setting is back"


async def test_a_probe_whose_delivery_was_ended_meanwhile_lets_the_next_one_through(
    stage: Stage, receiver: Receiver
) -> None:
    stage._breaker("zapier", "").trip()
    async with stage.running():
        await stage.emit()
        await stage.clock.until_sleeping()
        await stage.store.write(lambda connection: end_waiting(connection, "zapier", 1, "switched off"))
        await stage.wait(stage.policy.open_s)
        await stage.until_idle()
        assert receiver.got == []
        sent = await stage.emit()
        await stage.until(1)
    assert [got.headers["webhook-id"] for got in receiver.got] == [sent]
    assert stage._breaker("zapier", "").state == "closed"
