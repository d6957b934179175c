"""Time, as everything in Helix reads it: injected, so that tests decide what it is."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Annotated, Protocol

import msgspec

# msgspec documents a moment as a date-time only where it must have a zone; ours are in UTC.
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Clock(Protocol):
    """What tells the time: one reading for spans, one for moments."""

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back; only differences mean anything."""
        ...

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clocks."""

    __slots__ = ()

    # The function itself, not a wrapper around it: caches read it on every hit.
    monotonic = staticmethod(time.monotonic)

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)
