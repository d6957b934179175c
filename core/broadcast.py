"""Broadcasts numbered events to listeners, synchronously."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

import msgspec

from core.clock import Clock, SystemClock
from core.listeners import subscribe

logger = logging.getLogger(__name__)


class Event(msgspec.Struct, frozen=True):
    """One event. Ids rise, also from one process to the next.

    Attributes:
        data: the record of what happened, of any type.
        test: whether it was sent by hand to test delivery.
    """

    id: int
    topic: str
    data: object
    at: datetime
    test: bool = False


class Broadcaster:
    """Passes each event to all listeners; stores none."""

    def __init__(self, *, clock: Clock | None = None) -> None:
        self._clock = clock if clock is not None else SystemClock()
        # Starts at milliseconds since 1970, so ids of an earlier process are always lower than ours.
        self._last_id = int(self._clock.now().timestamp() * 1000)
        self._listeners: list[tuple[Callable[[Event], None], Callable[[], int]]] = []

    @property
    def audience(self) -> int:
        """Number of recipients over all listeners."""
        return sum(audience() for _, audience in self._listeners)

    @property
    def last_id(self) -> int:
        """The id of the newest event."""
        return self._last_id

    def publish(self, topic: str, data: object, *, test: bool = False) -> Event:
        """Passes an event to all listeners; does not block. `data` must not change afterwards."""
        self._last_id += 1
        event = Event(self._last_id, topic, data, self._clock.now(), test)
        for listener, _ in tuple(self._listeners):
            try:
                listener(event)
            except Exception:
                logger.exception("broadcast.listener_failed topic=%s", topic)
        return event

    def listen(
        self, callback: Callable[[Event], None], audience: Callable[[], int] = lambda: 1
    ) -> Callable[[], None]:
        """Calls `callback(event)` inside each `publish`, where it must not block; returns the unsubscriber.

        Args:
            callback: gets every event.
            audience: returns the number of recipients that it passes events on to.
        """
        return subscribe(self._listeners, (callback, audience))
