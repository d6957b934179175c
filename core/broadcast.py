"""Events to whoever listens: numbered, and handed on at once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

import msgspec

from core.clock import Clock, SystemClock

logger = logging.getLogger(__name__)


class Event(msgspec.Struct, frozen=True):
    """One event. Ids rise, also from one process to the next.

    Attributes:
        data: the record of what happened, of any type.
        test: whether somebody sent it on purpose, to try whether it arrives.
    """

    id: int
    topic: str
    data: object
    at: datetime
    test: bool = False


class Broadcaster:
    """Hands each event to every listener. A listener keeps what it needs; nothing is kept here."""

    def __init__(self, *, clock: Clock | None = None) -> None:
        self._clock = clock if clock is not None else SystemClock()
        # Milliseconds of the epoch: an id from an earlier process is then too old, and never taken for ours.
        self._last_id = int(self._clock.now().timestamp() * 1000)
        self._listeners: list[tuple[Callable[[Event], None], Callable[[], int]]] = []

    @property
    def audience(self) -> int:
        """How many hear of an event, over all listeners."""
        return sum(audience() for _, audience in self._listeners)

    @property
    def last_id(self) -> int:
        """The id of the newest event."""
        return self._last_id

    def publish(self, topic: str, data: object, *, test: bool = False) -> Event:
        """Hand an event to everyone; never waits. `data` is not changed afterwards."""
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
        """Call `callback(event)` inside each `publish`; gives the way to stop it. It must not wait.

        Args:
            callback: hears of every event.
            audience: how many it hands them on to now.
        """
        listener = (callback, audience)
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop
