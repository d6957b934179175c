"""The pause between two rituals."""

from __future__ import annotations

from datetime import datetime, timedelta


def next_at(last: datetime, now: datetime, rest: timedelta) -> int | None:
    """When the next ritual may begin, in Unix seconds; None if now.

    A `last` in the future comes from a clock that was ahead and is ignored.
    """
    if not timedelta() <= now - last < rest:
        return None
    return int((last + rest).timestamp()) + 1
