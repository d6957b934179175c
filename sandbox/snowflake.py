"""Snowflake ids: time, worker and counter in 64 bits."""

import secrets
from collections.abc import Callable

EPOCH_MS = 1_420_070_400_000
"""The first millisecond of 2015, UTC; "Snowflakes" in Discord's reference."""


class SnowflakeSource:
    """Generates strictly increasing ids.

    The worker bits are random, so that two sandboxes started in the same millisecond differ.

    Args:
        wall_s: The Unix time in seconds.
    """

    def __init__(self, wall_s: Callable[[], float]) -> None:
        self._wall_s = wall_s
        self._worker = secrets.randbelow(1 << 10)
        self._last_ms = 0
        self._step = 0

    def next(self) -> int:
        """A new id, higher than all earlier ones even if the clock steps back."""
        now_ms = max(int(self._wall_s() * 1000), self._last_ms)
        if now_ms == self._last_ms:
            self._step += 1
            if self._step == 1 << 12:
                now_ms += 1
                self._step = 0
        else:
            self._step = 0
        self._last_ms = now_ms
        return (now_ms - EPOCH_MS) << 22 | self._worker << 12 | self._step


def created_s(snowflake: int) -> float:
    """The creation time of an id, in seconds since 1970."""
    return ((snowflake >> 22) + EPOCH_MS) / 1000
