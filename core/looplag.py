"""How late the event loop is: what everything else in the process feels."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from core.clock import Clock
from core.health import Reading, Status
from core.metrics import Histogram

_EVERY_S = 0.5
# One minute of measurements is what "recent" means.
_RECENT = int(60 / _EVERY_S)
# The first is more than an answer may take by the promises; the second nearly misses Discord's 3 s for one.
_WARN_S = 0.25
_FAIL_S = 2.0


class LoopLag:
    """Measures, twice a second, how much later than asked a pause ends.

    Attributes:
        last_s: the last measured lag in seconds.
    """

    def __init__(
        self, clock: Clock, histogram: Histogram, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._clock = clock
        self._cell = histogram.bind()
        self._sleep = sleep
        self._recent: deque[float] = deque(maxlen=_RECENT)
        self.last_s = 0.0

    @property
    def worst_recent_s(self) -> float:
        """The greatest lag of the last minute, in seconds."""
        return max(self._recent, default=0.0)

    async def run(self) -> None:
        """Measure until cancelled."""
        while True:
            began = self._clock.monotonic()
            await self._sleep(_EVERY_S)
            self.last_s = max(0.0, self._clock.monotonic() - began - _EVERY_S)
            self._recent.append(self.last_s)
            self._cell.observe(self.last_s)

    def probe(self) -> Reading:
        """What the health check "event-loop" says."""
        worst_s = self.worst_recent_s
        status: Status = "pass"
        reason = action = ""
        if worst_s >= _FAIL_S:
            status, reason = "fail", f"it stood still for more than {_FAIL_S:g} s in the last minute"
        elif worst_s >= _WARN_S:
            status, reason = "warn", f"it was late by more than {_WARN_S * 1000:g} ms in the last minute"
        if status != "pass":
            action = "Look in the log for what ran then, or give the process more CPU."
        return Reading(
            status=status,
            reason=reason,
            action=action,
            observed_value=round(self.last_s, 6),
            observed_unit="s",
            load=min(1.0, worst_s / _FAIL_S),
            counters={"worst_recent_s": round(worst_s, 6)},
        )
