import asyncio

import pytest

from core.broadcast import Broadcaster, Event, SubscriberTooSlow, Subscription
from tests.manual_clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def broadcaster(clock: ManualClock) -> Broadcaster:
    return Broadcaster(4, clock=clock)


async def take(subscription: Subscription, count: int) -> list[Event]:
    async with asyncio.timeout(5):
        return [await anext(subscription) for _ in range(count)]


async def numbers(subscription: Subscription, count: int) -> list[object]:
    return [event.data["n"] for event in await take(subscription, count)]


def publish(broadcaster: Broadcaster, *values: int, topic: str = "state") -> None:
    for value in values:
        broadcaster.publish(topic, {"n": value})


async def test_every_subscriber_gets_every_event_in_order(broadcaster: Broadcaster) -> None:
    one, two = broadcaster.subscribe(), broadcaster.subscribe()
    publish(broadcaster, 1, 2, 3)
    assert await numbers(one, 3) == [1, 2, 3]
    assert await numbers(two, 3) == [1, 2, 3]


async def test_a_subscriber_that_waits_is_woken(broadcaster: Broadcaster) -> None:
    subscription = broadcaster.subscribe()
    waiting = asyncio.create_task(take(subscription, 1))
    await asyncio.sleep(0)
    event = broadcaster.publish("state", {})
    assert await waiting == [event]


async def test_only_the_chosen_topics_arrive(broadcaster: Broadcaster) -> None:
    subscription = broadcaster.subscribe(topics=frozenset({"agents"}))
    publish(broadcaster, 1)
    publish(broadcaster, 2, topic="agents")
    assert await numbers(subscription, 1) == [2]


async def test_events_say_when_and_rise_in_id(broadcaster: Broadcaster, clock: ManualClock) -> None:
    first = broadcaster.publish("state", {})
    clock.advance(1)
    second = broadcaster.publish("state", {})
    assert second.id == first.id + 1 == broadcaster.last_id
    assert second.at == clock.now()


async def test_a_resumed_subscriber_gets_what_it_has_missed(broadcaster: Broadcaster) -> None:
    first = broadcaster.publish("state", {"n": 0})
    publish(broadcaster, 1, 2)
    publish(broadcaster, 3, topic="agents")
    subscription = broadcaster.subscribe(after_id=first.id, topics=frozenset({"state"}))
    publish(broadcaster, 4)
    assert not subscription.missed
    assert await numbers(subscription, 3) == [1, 2, 4]


async def test_a_subscriber_that_missed_nothing_gets_nothing_again(broadcaster: Broadcaster) -> None:
    assert not broadcaster.subscribe(after_id=broadcaster.last_id).missed
    last = broadcaster.publish("state", {"n": 0})
    subscription = broadcaster.subscribe(after_id=last.id)
    publish(broadcaster, 1)
    assert not subscription.missed
    assert await numbers(subscription, 1) == [1]


async def test_a_gap_too_long_to_fill_is_said_and_not_half_filled(broadcaster: Broadcaster) -> None:
    first = broadcaster.publish("state", {"n": 0})
    publish(broadcaster, 1, 2, 3, 4)
    assert not broadcaster.subscribe(after_id=first.id).missed
    publish(broadcaster, 5)
    subscription = broadcaster.subscribe(after_id=first.id)
    publish(broadcaster, 6)
    assert subscription.missed
    assert await numbers(subscription, 1) == [6]


async def test_an_id_of_an_earlier_process_or_of_the_future_is_a_gap(clock: ManualClock) -> None:
    earlier = Broadcaster(clock=clock).publish("state", {})
    clock.advance(5)
    later = Broadcaster(clock=clock)
    assert later.subscribe(after_id=earlier.id).missed
    publish(later, 1, 2)
    assert later.subscribe(after_id=earlier.id).missed
    assert later.subscribe(after_id=later.last_id + 1).missed
    assert later.subscribe(after_id=0).missed


async def test_a_slow_subscriber_is_closed_and_the_others_go_on(broadcaster: Broadcaster) -> None:
    slow, quick = broadcaster.subscribe(max_queue=2), broadcaster.subscribe()
    publish(broadcaster, 1, 2, 3)
    assert broadcaster.subscribers == 1
    with pytest.raises(SubscriberTooSlow):
        await take(slow, 1)
    assert await numbers(quick, 3) == [1, 2, 3]


async def test_what_is_replayed_does_not_count_as_slowness(broadcaster: Broadcaster) -> None:
    first = broadcaster.publish("state", {"n": 0})
    publish(broadcaster, 1, 2, 3)
    subscription = broadcaster.subscribe(after_id=first.id, max_queue=1)
    publish(broadcaster, 4)
    assert await numbers(subscription, 4) == [1, 2, 3, 4]


async def test_closing_the_broadcaster_ends_every_iteration(broadcaster: Broadcaster) -> None:
    subscription = broadcaster.subscribe()
    publish(broadcaster, 1)
    broadcaster.close()
    assert [event.data["n"] async for event in subscription] == [1]
    assert [event async for event in broadcaster.subscribe()] == []
    assert broadcaster.subscribers == 0


async def test_leaving_the_block_ends_the_subscription(broadcaster: Broadcaster) -> None:
    async with broadcaster.subscribe() as subscription:
        assert broadcaster.subscribers == 1
    assert broadcaster.subscribers == 0
    publish(broadcaster, 1)
    assert [event async for event in subscription] == []


async def test_a_cancelled_wait_loses_no_event(broadcaster: Broadcaster) -> None:
    subscription = broadcaster.subscribe()
    waiting = asyncio.create_task(take(subscription, 1))
    await asyncio.sleep(0)
    waiting.cancel()
    publish(broadcaster, 1)
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await numbers(subscription, 1) == [1]


async def test_a_listener_hears_every_event_at_once_until_it_stops(broadcaster: Broadcaster) -> None:
    heard: list[Event] = []
    stop = broadcaster.listen(heard.append, lambda: 3)
    first = broadcaster.publish("state", {})
    assert heard == [first]
    assert broadcaster.subscribers == 3
    stop()
    stop()
    broadcaster.publish("state", {})
    assert (heard, broadcaster.subscribers) == ([first], 0)


async def test_a_listener_that_fails_harms_neither_the_publisher_nor_the_others(
    broadcaster: Broadcaster, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Event) -> None:
        raise RuntimeError("no more")

    heard: list[Event] = []
    broadcaster.listen(fail, lambda: 1)
    broadcaster.listen(heard.append, lambda: 1)
    subscription = broadcaster.subscribe()
    event = broadcaster.publish("state", {})
    assert heard == [event]
    assert await take(subscription, 1) == [event]
    assert "broadcast.listener_failed topic=state" in caplog.text
