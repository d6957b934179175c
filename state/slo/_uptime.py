"""How long Helix was ready, exact to the moment at which a check changed."""

from __future__ import annotations

from core.clock import Clock
from core.health import Check, HealthRegistry
from state.slo.readiness import NEEDED, missing


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
