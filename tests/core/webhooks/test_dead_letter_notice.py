"""What nobody was told of yet: dead letters and destinations that were switched off, also again."""

from __future__ import annotations

import asyncio

from core.settings import Settings
from core.store import Store
from core.webhooks.dead_letter_notice import DeadLetterNotices
from tests.core.webhooks.delivery_stage import Stage
from tests.core.webhooks.receiver import Receiver
from tests.manual_clock import ManualClock


async def test_a_letter_that_dies_again_after_a_replay_is_told_again(
    stage: Stage, receiver: Receiver
) -> None:
    receiver.statuses = [404]
    notices = DeadLetterNotices(stage.store)
    async with stage.running():
        event = await stage.emit()
        await stage.until(2)
        letter = next(each.id for each in await stage.outbox.page() if each.event_id == event)
        await notices.claim(1)
        assert await stage.outbox.replay(letter)
        assert await notices.notice_content(1) is not None, "the event that told of the letter is dead, too"
        await stage.until(3)
    await notices.claim(2)
    told = await notices.notice_content(2)
    assert told is not None
    assert letter in {each.id for each in told.letters}
    earlier = await notices.notice_content(1)
    assert earlier is not None
    assert {each.type for each in earlier.letters} == {"delivery.exhausted"}


async def test_a_destination_that_fails_again_while_it_is_switched_off_is_told_again(
    stage: Stage, receiver: Receiver
) -> None:
    receiver.statuses = [500]
    notices = DeadLetterNotices(stage.store)
    async with stage.running():
        event = await stage.emit()
        await stage.until(1)
        await stage.wait(5 * 86_400 + 60)
        await stage.until(2)
        await notices.claim(1)
        told = await notices.notice_content(1)
        assert told is not None
        assert told.off == {"zapier": "it has failed for 5 days"}
        letter = next(each.id for each in await stage.outbox.page() if each.event_id == event)
        assert await stage.outbox.replay(letter)
        await stage.until(3)
    await notices.claim(2)
    told = await notices.notice_content(2)
    assert told is not None
    assert told.off == {"zapier": "it has failed for 5 days"}


async def test_what_waits_for_a_hook_that_is_not_there_is_no_news(
    store: Store, clock: ManualClock, receiver: Receiver
) -> None:
    stage = Stage(store, clock, Settings())
    await stage.destinations.subscribe("ucf.changed", receiver.url)
    await stage.emit()
    await store.write(lambda connection: connection.execute("DELETE FROM subscriptions").rowcount)
    async with stage.running():
        async with asyncio.timeout(40):
            while (await stage.one()).status != "dead":
                await asyncio.sleep(0.005)
    assert receiver.got == []
    assert not await DeadLetterNotices(store).has_unclaimed()


async def test_a_destination_that_is_switched_off_is_to_be_told_without_a_letter(stage: Stage) -> None:
    notices = DeadLetterNotices(stage.store)
    assert not await notices.has_unclaimed()
    await stage.store.write(
        lambda connection: connection.execute(
            "INSERT INTO destination_state (destination, disabled_us, disabled_why) VALUES ('zapier', 1, 'x')"
        )
    )
    assert await notices.has_unclaimed()
    await notices.claim(1)
    assert not await notices.has_unclaimed()
