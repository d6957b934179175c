"""A clock that stands still until a test moves it."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from datetime import UTC, datetime, timedelta

DEFAULT_START = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)


class ManualClock:
    """A `core.clock.Clock` whose time passes only by `advance`.

    `sleep` is a stand-in for `asyncio.sleep` on this clock: it ends when the clock has been moved past it.
    """

    def __init__(self, start: datetime = DEFAULT_START) -> None:
        self._start = start
        self._elapsed_s = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._changed: asyncio.Event | None = None

    def monotonic(self) -> float:
        return 1000.0 + self._elapsed_s

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed_s)

    def advance(self, seconds: float) -> None:
        """Move time on and wake whoever slept until then, earliest first."""
        if seconds < 0:
            raise ValueError("time does not go back")
        self._elapsed_s += seconds
        while self._sleepers and self._sleepers[0][0] <= self._elapsed_s:
            _, _, sleeper = heapq.heappop(self._sleepers)
            if not sleeper.done():
                sleeper.set_result(None)

    def set(self, by_s: float) -> None:
        """Set the wall clock forward, or back by a negative number; no time passes."""
        self._start += timedelta(seconds=by_s)

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock has been advanced by `seconds`."""
        sleeper: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed_s + seconds, next(self._order), sleeper))
        if self._changed is not None:
            self._changed.set()
        await sleeper

    def pending_sleeps(self) -> tuple[float, ...]:
        """How long each present sleeper still has to go, in seconds, shortest first."""
        return tuple(
            sorted(until - self._elapsed_s for until, _, sleeper in self._sleepers if not sleeper.done())
        )

    async def until_sleeping(self, sleepers: int = 1, *, timeout_s: float = 40.0) -> tuple[float, ...]:
        """Wait until so many sleep on this clock; gives `pending_sleeps`."""
        if self._changed is None:
            self._changed = asyncio.Event()
        async with asyncio.timeout(timeout_s):
            while len(self.pending_sleeps()) < sleepers:
                self._changed.clear()
                await self._changed.wait()
        return self.pending_sleeps()
