"""Ids of events, in the order of time: an index of them grows at its end (as UUIDv7, RFC 9562 §5.7)."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Final, Literal

_RANDOM_BYTES: Final = 10


def new_id(prefix: Literal["evt", "msg"], at: datetime) -> str:
    """`<prefix>_`, 12 hexadecimal digits of milliseconds since 1970, 20 of chance."""
    return f"{prefix}_{int(at.timestamp() * 1000):012x}{secrets.token_hex(_RANDOM_BYTES)}"


def oldest_id(prefix: Literal["evt", "msg"], at: datetime) -> str:
    """What sorts before every id of that moment and later, and after every earlier one."""
    return f"{prefix}_{int(at.timestamp() * 1000):012x}"
