"""Checks the wall clock against the monotonic clock and against Discord's clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from core.clock import Clock
from core.health import Reading
from core.health.threshold import Threshold
from core.text.numbers import plain

# How often the two clocks are compared.
LOOK_EVERY_S: Final = 1.0
# Seconds that the clock must have been set back for due times to be corrected.
_BACK_S: Final = 1.0
# How long the check shows a step, in seconds.
_NEWS_S: Final = 900.0
# Comparisons with Discord: how long one counts in seconds, how many are kept, how many are needed.
_COMPARED_S: Final = 3600.0
_KEPT, _LEAST = 20, 3
# From this skew on, signatures of webhooks are refused (Standard Webhooks, "Timestamp tolerance": 5 minutes).
_FAIL_S: Final = 300.0
_ACTION: Final = "Synchronise this machine's clock by NTP (`timedatectl set-ntp true`)."


class ClockSkew:
    """Detects steps and skew of the wall clock.

    Args:
        warn_s: step or skew in seconds above which the check warns.
    """

    def __init__(self, clock: Clock, *, warn_s: float) -> None:
        self._clock = clock
        self._warn_s = warn_s
        self._looked = (clock.monotonic(), clock.now())
        self._stepped_at: float | None = None
        self._step_s = 0.0
        self._on_set_back: list[Callable[[], Awaitable[object]]] = []
        self._pending = False
        self._ahead: deque[tuple[float, float]] = deque(maxlen=_KEPT)

    def on_set_back(self, callback: Callable[[], Awaitable[object]]) -> None:
        """Awaits `callback()` after the clock was set back, to correct due times that are now too late.

        All callbacks run again in the next round if one of them failed.
        """
        self._on_set_back.append(callback)

    async def look(self) -> None:
        """Looks for a step since the last round: the difference between the two clocks (supervised)."""
        monotonic, now = self._clock.monotonic(), self._clock.now()
        before, then = self._looked
        self._looked = monotonic, now
        step_s = (now - then).total_seconds() - (monotonic - before)
        if abs(step_s) > self._warn_s:
            self._stepped_at, self._step_s = monotonic, step_s
            # Comparisons from before the step are no longer valid.
            self._ahead.clear()
        if step_s < -_BACK_S:
            self._pending = True
        if self._pending:
            for callback in self._on_set_back:
                await callback()
            self._pending = False

    def compare(self, theirs: datetime) -> None:
        """Records the sender's timestamp of something just received, to measure the skew."""
        self._ahead.append((self._clock.monotonic(), (self._clock.now() - theirs).total_seconds()))

    def drift_s(self) -> float | None:
        """Seconds by which this clock is ahead of Discord's; None with too few comparisons.

        Each comparison includes the transfer time, so the smallest is the most exact.
        """
        now = self._clock.monotonic()
        recent = [ahead_s for at, ahead_s in self._ahead if now - at <= _COMPARED_S]
        return min(recent) if len(recent) >= _LEAST else None

    def probe(self) -> Reading:
        """The reading of the check "clock"."""
        drift_s = self.drift_s()
        stepped = self._stepped_at is not None and self._clock.monotonic() - self._stepped_at < _NEWS_S
        reading = Reading(
            observed_value=None if drift_s is None else round(drift_s, 3),
            observed_unit=None if drift_s is None else "s ahead of Discord",
            counters={"last_step_s": round(self._step_s, 3)},
            thresholds=(
                Threshold("drift_s", "above", self._warn_s, _FAIL_S, ("CLOCK_WARN_S",)),
                Threshold("recent_step_s", "above", self._warn_s, None, ("CLOCK_WARN_S",)),
            ),
        )
        if drift_s is not None and abs(drift_s) > self._warn_s:
            which = "ahead of" if drift_s > 0 else "behind"
            return reading.become(
                "fail" if abs(drift_s) > _FAIL_S else "warn",
                f"this machine's clock is more than {plain(self._warn_s)} s {which} Discord's",
                _ACTION,
            )
        if stepped:
            which = "forward" if self._step_s > 0 else "back"
            return reading.become(
                "warn",
                f"the clock was set {which} by more than {plain(self._warn_s)} s,"
                " or the machine was suspended",
                _ACTION,
            )
        return reading
