"""Measures the lag of the event loop, which delays everything in the process."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from core.clock import Clock
from core.health import Reading
from core.health.threshold import Threshold
from core.metrics import Histogram
from core.text.numbers import plain

_EVERY_S = 0.5
# "Recent" means the last minute.
_RECENT = int(60 / _EVERY_S)
_SETTINGS = ("LOOP_LAG_WARN_MS", "LOOP_LAG_FAIL_MS")
_ACTION = "See the log for what ran then, or give the process more CPU."


class LoopLag:
    """Measures twice a second how much later than requested a sleep ends.

    Args:
        warn_s: lag in the last minute above which the check warns; above `fail_s` it fails.

    Attributes:
        last_s: the last measured lag in seconds.
    """

    def __init__(
        self,
        clock: Clock,
        histogram: Histogram,
        *,
        warn_s: float,
        fail_s: float,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._warn_s = warn_s
        self._fail_s = fail_s
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
        """Measures until cancelled."""
        while True:
            began = self._clock.monotonic()
            await self._sleep(_EVERY_S)
            self.last_s = max(0.0, self._clock.monotonic() - began - _EVERY_S)
            self._recent.append(self.last_s)
            self._cell.observe(self.last_s)

    def probe(self) -> Reading:
        """The reading of the check "event-loop"."""
        worst_s = self.worst_recent_s
        bound = Threshold("worst_recent_s", "above", self._warn_s, self._fail_s, _SETTINGS)
        reading = Reading(
            observed_value=round(self.last_s, 6),
            observed_unit="s",
            load=min(1.0, worst_s / self._fail_s),
            counters={"worst_recent_s": round(worst_s, 6)},
            thresholds=(bound,),
        )
        verdict = bound.judge(worst_s)
        reason = {
            "fail": f"the event loop was blocked for more than {plain(self._fail_s)} s in the last minute",
            "warn": f"the event loop lagged by more than {plain(self._warn_s * 1000)} ms in the last minute",
            "pass": "",
        }[verdict]
        return reading.become(verdict, reason, _ACTION)
