"""Ids of events that sort by time, so that an index grows at its end (like UUIDv7, RFC 9562 §5.7)."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Final, Literal

_RANDOM_BITS: Final = 80


def new_id(prefix: Literal["evt", "msg"], at: datetime) -> str:
    """`<prefix>_`, 12 hex digits of milliseconds since 1970, 20 random hex digits."""
    # An id has to be unique, not secret; the system's random source would cost a thread switch each time.
    chance = random.getrandbits(_RANDOM_BITS)
    return f"{prefix}_{int(at.timestamp() * 1000):012x}{chance:020x}"


def oldest_id(prefix: Literal["evt", "msg"], at: datetime) -> str:
    """A lower bound: it sorts before every id of that time or later, and after every earlier one."""
    return f"{prefix}_{int(at.timestamp() * 1000):012x}"
