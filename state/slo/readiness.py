"""What "ready" means: for `/health/ready`, for metrics, and for the objective of uptime."""

from __future__ import annotations

from typing import Final

import msgspec

from core.clock import Clock, Moment
from core.health import Check, HealthRegistry
from core.health.threshold import Threshold, fails_when

# The checks that must not fail (docs/api.md, "Reading").
NEEDED: Final = ("store", "state", "gateway")
_REPORTED: Final = (fails_when("its first report", "missing"),)


class Missing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A check that keeps Helix from being ready.

    Attributes:
        name: of the check.
        reason: why, as text for people.
        since: since when; left out if unknown.
        thresholds: the conditions of the check.
    """

    name: str
    reason: str
    since: Moment | None = None
    thresholds: tuple[Threshold, ...] = ()


def missing(health: HealthRegistry) -> tuple[Missing, ...]:
    """The checks that keep Helix from being ready, as last reported."""
    checks = {check.name: check for check in health.checks()}
    return tuple(found for name in NEEDED if (found := _missing(name, health.get(name), checks.get(name))))


class Uptime:
    """Adds up the time during which Helix was watched, and during which it was ready.

    Attributes:
        counting: False until it was ready once: the time of a first start is no downtime.
    """

    def __init__(self, health: HealthRegistry, clock: Clock, *, counting: bool) -> None:
        self._health = health
        self._clock = clock
        self._ready = not missing(health)
        self.counting = counting or self._ready
        self._at = clock.monotonic()
        self._span_s = self._up_s = 0.0
        self.stop = health.on_change(self._changed)

    def read(self) -> tuple[float, float]:
        """Seconds watched and seconds ready since the last `start_over`."""
        self._look()
        return self._span_s, self._up_s

    def start_over(self, span_s: float, up_s: float) -> None:
        """Subtracts what was read and stored."""
        self._span_s -= span_s
        self._up_s -= up_s

    def _changed(self, check: Check, _previous: Check | None) -> None:
        if check.name in NEEDED:
            self._look()

    def _look(self) -> None:
        now = self._clock.monotonic()
        if self.counting:
            self._span_s += now - self._at
        if self._ready:
            self._up_s += now - self._at
        self._at = now
        self._ready = not missing(self._health)
        self.counting = self.counting or self._ready


def _missing(name: str, reported: Check | None, shown: Check | None) -> Missing | None:
    if reported is None:
        since = None if shown is None else shown.since
        return Missing(name=name, reason="not started yet", since=since, thresholds=_REPORTED)
    if reported.status != "fail":
        return None
    return Missing(name=name, reason=reported.reason, since=reported.since, thresholds=reported.thresholds)
