"""Numbers that stay the same for a person during a UTC day, and differ between people."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime


def day_of(moment: datetime) -> int:
    """The UTC day of a moment as a number."""
    return moment.astimezone(UTC).toordinal()


def seed(*parts: object) -> int:
    """A 64-bit number hashed from these parts; the same on every machine."""
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


def share(*parts: object) -> float:
    """A number from 0 (included) to 1 (excluded), hashed from these parts."""
    return (seed(*parts) >> 11) / (1 << 53)
