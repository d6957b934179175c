"""Events to whoever listens: numbered, bounded, resumable."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from types import TracebackType
from typing import Self

import msgspec

from core.clock import Clock, SystemClock
from core.errors import HelixError

logger = logging.getLogger(__name__)


class Event(msgspec.Struct, frozen=True):
    """One event. Ids rise, also from one process to the next."""

    id: int
    topic: str
    data: Mapping[str, object]
    at: datetime


class SubscriberTooSlow(HelixError):  # noqa: N818 - it says what happened
    """The subscriber took events more slowly than they came and has lost some: subscribe again."""


class Subscription:
    """The events of one subscriber, as an async iterator; leaving its `async with` ends it.

    Attributes:
        missed: events between `after_id` and now are gone; start from a snapshot.
    """

    def __init__(
        self,
        broadcaster: Broadcaster,
        topics: frozenset[str] | None,
        max_queue: int,
        replay: tuple[Event, ...],
        *,
        missed: bool,
    ) -> None:
        self.missed = missed
        self._broadcaster = broadcaster
        self._topics = topics
        self._queue: deque[Event] = deque(replay)
        # What is replayed is bounded by the history and does not use up the subscriber's own allowance.
        self._limit = max_queue + len(replay)
        self._waiter: asyncio.Future[None] | None = None
        self._closed = False
        self._too_slow = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        while not self._queue:
            if self._too_slow:
                raise SubscriberTooSlow("Events came faster than they were taken; subscribe again.")
            if self._closed:
                raise StopAsyncIteration
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        return self._queue.popleft()

    def close(self) -> None:
        """End the subscription; what is queued may still be taken."""
        self._closed = True
        self._broadcaster.forget(self)
        self._wake()

    def offer(self, event: Event) -> None:
        """Take an event from the broadcaster, or give up when too many wait."""
        if self._topics is not None and event.topic not in self._topics:
            return
        if len(self._queue) >= self._limit:
            self._queue.clear()
            self._too_slow = True
            self.close()
            return
        self._queue.append(event)
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class Broadcaster:
    """Hands each event to every subscriber at once, and keeps the last `max_history` for those who resume."""

    def __init__(self, max_history: int = 512, *, clock: Clock | None = None) -> None:
        self._clock = clock if clock is not None else SystemClock()
        self._history: deque[Event] = deque(maxlen=max_history)
        # Milliseconds of the epoch: an id from an earlier process is then too old, and never taken for ours.
        self._last_id = int(self._clock.now().timestamp() * 1000)
        self._first_id = self._last_id + 1
        self._subscriptions: list[Subscription] = []
        self._listeners: list[tuple[Callable[[Event], None], Callable[[], int]]] = []
        self._closed = False

    @property
    def subscribers(self) -> int:
        """How many hear of an event: who is subscribed, and the audiences of the listeners."""
        return len(self._subscriptions) + sum(audience() for _, audience in self._listeners)

    @property
    def last_id(self) -> int:
        """The id of the newest event."""
        return self._last_id

    def publish(self, topic: str, data: Mapping[str, object]) -> Event:
        """Hand an event to everyone who wants its topic; never waits. `data` is not changed afterwards."""
        self._last_id += 1
        event = Event(self._last_id, topic, data, self._clock.now())
        self._history.append(event)
        for listener, _ in tuple(self._listeners):
            try:
                listener(event)
            except Exception:
                logger.exception("broadcast.listener_failed topic=%s", topic)
        for subscription in tuple(self._subscriptions):
            subscription.offer(event)
        return event

    def subscribe(
        self, *, topics: frozenset[str] | None = None, after_id: int | None = None, max_queue: int = 256
    ) -> Subscription:
        """Listen from now on, or from after the event `after_id` where the history reaches that far.

        Args:
            topics: which topics; None for all.
            after_id: the last event that the subscriber has seen.
            max_queue: how many events may wait for the subscriber before it is closed as too slow.
        """
        missed = False
        replay: tuple[Event, ...] = ()
        if after_id is not None:
            oldest = self._history[0].id if self._history else self._first_id
            missed = not oldest - 1 <= after_id <= self._last_id
            if not missed:
                replay = tuple(
                    event
                    for event in self._history
                    if event.id > after_id and (topics is None or event.topic in topics)
                )
        subscription = Subscription(self, topics, max_queue, replay, missed=missed)
        if self._closed:
            subscription.close()
        else:
            self._subscriptions.append(subscription)
        return subscription

    def listen(self, callback: Callable[[Event], None], audience: Callable[[], int]) -> Callable[[], None]:
        """Call `callback(event)` inside each `publish`; gives the way to stop it. It must not wait.

        Args:
            callback: whoever hands events on to many.
            audience: how many those are now.
        """
        listener = (callback, audience)
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def forget(self, subscription: Subscription) -> None:
        """Send nothing more to a subscription."""
        if subscription in self._subscriptions:
            self._subscriptions.remove(subscription)

    def close(self) -> None:
        """End every subscription, the present and the future ones."""
        self._closed = True
        for subscription in tuple(self._subscriptions):
            subscription.close()
