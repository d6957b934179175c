"""How long to wait between two rituals."""

from __future__ import annotations

from datetime import datetime, timedelta


def next_at(last: datetime, now: datetime, rest: timedelta) -> int | None:
    """When the next may begin, in seconds since 1970; None when it may begin now.

    A `last` in the future was written by a clock that was ahead: nobody waits for that.
    """
    if not timedelta() <= now - last < rest:
        return None
    return int((last + rest).timestamp()) + 1
