"""The clock: injected everywhere, so that tests control the time."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Annotated, Protocol

import msgspec

# msgspec documents a datetime as a date-time only if it must have a time zone; ours are in UTC.
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Clock(Protocol):
    """A source of time: monotonic for durations, wall clock for moments."""

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back; only differences are meaningful."""
        ...

    def now(self) -> datetime:
        """The present time, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clocks."""

    __slots__ = ()

    # The function itself, without a wrapper: caches call it on every hit.
    monotonic = staticmethod(time.monotonic)

    def now(self) -> datetime:
        """The present time, aware, in UTC."""
        return datetime.now(UTC)
