"""A person's day: numbers that are the same from midnight to midnight (UTC), and differ between people."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime


def day_of(moment: datetime) -> int:
    """The day of a moment in UTC, as a number that grows by one a day."""
    return moment.astimezone(UTC).toordinal()


def seed(*parts: object) -> int:
    """A number of 64 bits from these parts; the same on every machine and at every start."""
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


def share(*parts: object) -> float:
    """Likewise, a number from 0 to 1, 1 excluded."""
    return (seed(*parts) >> 11) / (1 << 53)
