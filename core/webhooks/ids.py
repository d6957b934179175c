"""Ids of events, in the order of time: an index of them grows at its end (as UUIDv7, RFC 9562 §5.7)."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Final, Literal

_RANDOM_BITS: Final = 80


def new_id(prefix: Literal["evt", "msg"], at: datetime) -> str:
    """`<prefix>_`, 12 hexadecimal digits of milliseconds since 1970, 20 of chance."""
    # An id is no secret, only unlike every other; asking the system costs a switch of threads each time.
    chance = random.getrandbits(_RANDOM_BITS)
    return f"{prefix}_{int(at.timestamp() * 1000):012x}{chance:020x}"


def oldest_id(prefix: Literal["evt", "msg"], at: datetime) -> str:
    """What sorts before every id of that moment and later, and after every earlier one."""
    return f"{prefix}_{int(at.timestamp() * 1000):012x}"
