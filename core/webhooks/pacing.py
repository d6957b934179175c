"""Keeps to the limits of the other side: so many requests a second for one hook, so many a window for all."""

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
# What may go at once after a rest, out of what a window may hold; the rest of it is spread over the window.
_AT_ONCE: Final = 1 / 3
# Less than this is what is left of adding fractions.
_NOTHING_S: Final = 1e-6


class Pace:
    """At most `most` calls in any `window_s` seconds: a token bucket that holds a third of them.

    A bucket lets through what it holds and, in the same window, what flows in; the two together are `most`.
    Whoever comes takes its turn at once, in the order of coming, and waits until then.
    """

    def __init__(self, most: int, window_s: float, clock: Clock, *, sleep: Sleep = asyncio.sleep) -> None:
        self._burst = max(1, int(most * _AT_ONCE))
        self._per_s = (most - self._burst) / window_s
        self._clock = clock
        self._sleep = sleep
        # When the bucket would be full again.
        self._full_at = clock.monotonic()

    def reserve(self) -> float:
        """Take the next turn; gives how long it is until then, in seconds."""
        now = self._clock.monotonic()
        self._full_at = max(self._full_at, now) + 1 / self._per_s
        wait_s = self._full_at - now - self._burst / self._per_s
        return wait_s if wait_s > _NOTHING_S else 0.0

    async def wait(self) -> None:
        """Take the next turn and wait for it."""
        wait_s = self.reserve()
        if wait_s > 0:
            await self._sleep(wait_s)
