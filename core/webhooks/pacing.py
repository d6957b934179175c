"""Keeps to the receivers' rate limits: requests per second for a hook, requests per window for all hooks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from core.clock import Clock

Sleep = Callable[[float], Awaitable[None]]

# Zapier's limits for REST hooks and catch hooks (docs/webhooks.md).
HOOK_PER_S: Final = 30
ALL_IN_WINDOW: Final = 10_000
WINDOW_S: Final = 300.0
# The share of a window's requests that may go out in one burst; the rest is spread over the window.
_AT_ONCE: Final = 1 / 3
# Shorter waits are rounding errors.
_NOTHING_S: Final = 1e-6


class Pace:
    """At most `most` calls in any `window_s` seconds: a token bucket that holds a third of them.

    In one window the bucket passes the tokens it holds and those that are refilled; together `most`.
    Callers get their turns in the order of their calls.
    """

    def __init__(self, most: int, window_s: float, clock: Clock, *, sleep: Sleep = asyncio.sleep) -> None:
        self._burst = max(1, int(most * _AT_ONCE))
        self._per_s = (most - self._burst) / window_s
        self._clock = clock
        self._sleep = sleep
        # Monotonic time at which the bucket is full again.
        self._full_at = clock.monotonic()

    def reserve(self) -> float:
        """Takes the next turn; returns the seconds until it."""
        now = self._clock.monotonic()
        self._full_at = max(self._full_at, now) + 1 / self._per_s
        wait_s = self._full_at - now - self._burst / self._per_s
        return wait_s if wait_s > _NOTHING_S else 0.0

    async def wait(self) -> None:
        """Takes the next turn and waits for it."""
        wait_s = self.reserve()
        if wait_s > 0:
            await self._sleep(wait_s)
