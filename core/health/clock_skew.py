"""Whether the wall clock can be trusted: it is held against the monotonic clock, and against Discord's."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from core.clock import Clock
from core.health import Reading
from core.health.threshold import Threshold
from core.text.numbers import plain

# How often the two clocks are held against each other.
LOOK_EVERY_S: Final = 1.0
# By how much a clock must have been set back for what waits to be looked at again, in seconds.
_BACK_S: Final = 1.0
# How long a step is told: by then somebody has seen it, and what it mixed up is over.
_NEWS_S: Final = 900.0
# How far back a comparison with another clock says something, how many are kept, and how few say nothing.
_COMPARED_S: Final = 3600.0
_KEPT, _LEAST = 20, 3
# From here on signatures of webhooks are refused (Standard Webhooks, "Timestamp tolerance": 5 minutes).
_FAIL_S: Final = 300.0
_ACTION: Final = "Let this machine keep its clock by NTP (`timedatectl set-ntp true`)."


class ClockWatch:
    """Notices a step of the wall clock, and that it goes wrong.

    Args:
        warn_s: from how many seconds on either is told.
    """

    def __init__(self, clock: Clock, *, warn_s: float) -> None:
        self._clock = clock
        self._warn_s = warn_s
        self._looked = (clock.monotonic(), clock.now())
        self._stepped_at: float | None = None
        self._step_s = 0.0
        self._on_set_back: list[Callable[[], Awaitable[object]]] = []
        self._untold = False
        self._ahead: deque[tuple[float, float]] = deque(maxlen=_KEPT)

    def on_set_back(self, callback: Callable[[], Awaitable[object]]) -> None:
        """Calls `callback()` after the clock was set back, when what was due soon is due much later.

        It is called again after a round in which one of the callbacks has failed.
        """
        self._on_set_back.append(callback)

    async def look(self) -> None:
        """One supervised round: a step is the time by which the two clocks disagree since the last one."""
        monotonic, now = self._clock.monotonic(), self._clock.now()
        before, then = self._looked
        self._looked = monotonic, now
        step_s = (now - then).total_seconds() - (monotonic - before)
        if abs(step_s) > self._warn_s:
            self._stepped_at, self._step_s = monotonic, step_s
            # What was compared before the step says nothing of the clock as it is now.
            self._ahead.clear()
        if step_s < -_BACK_S:
            self._untold = True
        if self._untold:
            for callback in self._on_set_back:
                await callback()
            self._untold = False

    def compare(self, theirs: datetime) -> None:
        """Take note of when something that has just come in was made, by the clock of whoever made it."""
        self._ahead.append((self._clock.monotonic(), (self._clock.now() - theirs).total_seconds()))

    def drift_s(self) -> float | None:
        """By how much this clock is ahead of Discord's, in seconds; None where too little came in.

        What comes in is always late by the way that it took, so the least of several is nearest to the truth.
        """
        now = self._clock.monotonic()
        recent = [ahead_s for at, ahead_s in self._ahead if now - at <= _COMPARED_S]
        return min(recent) if len(recent) >= _LEAST else None

    def probe(self) -> Reading:
        """What the health check "clock" says."""
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
