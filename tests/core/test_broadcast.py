from __future__ import annotations

import pytest

from core.broadcast import Broadcaster, Event
from tests.manual_clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def broadcaster(clock: ManualClock) -> Broadcaster:
    return Broadcaster(clock=clock)


def test_a_listener_hears_every_event_at_once_and_in_order_until_it_stops(broadcaster: Broadcaster) -> None:
    heard: list[Event] = []
    stop = broadcaster.listen(heard.append)
    events = [broadcaster.publish("state", {"n": 1}), broadcaster.publish("agents", {"n": 2})]
    assert heard == events
    assert [(event.topic, event.data) for event in heard] == [("state", {"n": 1}), ("agents", {"n": 2})]
    stop()
    stop()
    broadcaster.publish("state", {})
    assert heard == events


def test_events_say_when_and_rise_in_id(broadcaster: Broadcaster, clock: ManualClock) -> None:
    first = broadcaster.publish("state", {})
    clock.advance(1)
    second = broadcaster.publish("state", {})
    assert second.id == first.id + 1 == broadcaster.last_id
    assert (second.at - first.at).total_seconds() == 1
    assert second.at == clock.now()


def test_the_ids_of_a_later_process_are_greater(clock: ManualClock) -> None:
    earlier = Broadcaster(clock=clock).publish("state", {})
    clock.advance(5)
    assert Broadcaster(clock=clock).last_id > earlier.id


def test_the_audience_is_all_that_the_listeners_have(broadcaster: Broadcaster) -> None:
    assert broadcaster.audience == 0
    broadcaster.listen(lambda _: None)
    stop = broadcaster.listen(lambda _: None, lambda: 3)
    assert broadcaster.audience == 4
    stop()
    assert broadcaster.audience == 1


def test_a_listener_that_fails_harms_neither_the_publisher_nor_the_others(
    broadcaster: Broadcaster, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Event) -> None:
        raise RuntimeError("no more")

    heard: list[Event] = []
    broadcaster.listen(fail)
    broadcaster.listen(heard.append)
    event = broadcaster.publish("state", {})
    assert heard == [event]
    assert "broadcast.listener_failed topic=state" in caplog.text


def test_a_listener_may_stop_itself_while_it_hears(broadcaster: Broadcaster) -> None:
    heard: list[Event] = []

    def hear_once(event: Event) -> None:
        heard.append(event)
        stop()

    stop = broadcaster.listen(hear_once)
    other: list[Event] = []
    broadcaster.listen(other.append)
    broadcaster.publish("state", {})
    broadcaster.publish("state", {})
    assert (len(heard), len(other)) == (1, 2)
