"""All circuit breakers of the process, by name."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from core.breakers.breaker import STATES, Breaker, BreakerView, Sleep
from core.breakers.policies import DESTINATION_POLICY, BreakerPolicy
from core.clock import Clock
from core.errors import UnknownName
from core.health import Reading
from core.health.threshold import Threshold
from core.metrics import Registry

logger = logging.getLogger(__name__)


class UnknownBreaker(UnknownName):
    """No breaker has that name."""

    kind = "breaker"


class Breakers:
    """Creates and keeps the breakers, one per name.

    Args:
        clock: the time source.
        metrics: gets the gauge `helix_breaker_state`.
        warn_above: the check warns if more than this many are open.
    """

    def __init__(
        self, clock: Clock, metrics: Registry, *, sleep: Sleep = asyncio.sleep, warn_above: int = 0
    ) -> None:
        self._clock = clock
        self._bound = Threshold("open", "above", warn_above, None, ("BREAKERS_OPEN_WARN",))
        self._sleep = sleep
        self._breakers: dict[str, Breaker] = {}
        self._labels: dict[str, str] = {}
        self._listeners: list[Callable[[Breaker], None]] = []
        metrics.gauge(
            "helix_breaker_state", "0 closed, 1 half-open, 2 open; the worst of several.", ("breaker",)
        ).function(self._states)

    def get(self, name: str, label: str, policy: BreakerPolicy = DESTINATION_POLICY) -> Breaker:
        """The breaker of that name, created if needed.

        Args:
            name: what it protects.
            label: its name in metrics, which need few values.
            policy: when it opens.
        """
        breaker = self._breakers.get(name)
        if breaker is None:
            breaker = Breaker(name, self._clock, policy, sleep=self._sleep, on_change=self._changed)
            self._breakers[name] = breaker
            self._labels[name] = label
        return breaker

    def forget(self, name: str) -> None:
        """Drops the breaker of something that was removed; ignores an unknown name."""
        self._breakers.pop(name, None)
        self._labels.pop(name, None)

    def find(self, name: str) -> Breaker:
        """The breaker of that name, ignoring case.

        Raises:
            UnknownBreaker: there is none; the text suggests the nearest name.
        """
        wanted = name.strip().casefold()
        for known, breaker in self._breakers.items():
            if known.casefold() == wanted:
                return breaker
        raise UnknownBreaker(name.strip(), tuple(self._breakers))

    def views(self) -> tuple[BreakerView, ...]:
        """The state of every breaker; those that are not closed come first."""
        views = (breaker.view() for breaker in self._breakers.values())
        return tuple(sorted(views, key=lambda view: (view.state == "closed", view.name)))

    def on_change(self, callback: Callable[[Breaker], None]) -> None:
        """Calls `callback(breaker)` at each change of state; the callback must not block."""
        self._listeners.append(callback)

    def probe(self) -> Reading:
        """The reading of the check "breakers": warns if too many are not closed."""
        views = self.views()
        opened = [view for view in views if view.state != "closed"]
        counters = {"breakers": len(views), "open": len(opened)}
        load = len(opened) / len(views) if views else 0.0
        reading = Reading(load=load, counters=counters, thresholds=(self._bound,))
        if not opened:
            return reading
        names = [view.name for view in opened]
        shown = ", ".join(names[:3]) + (" and more" if len(names) > 3 else "")
        action = "See `/breakers`. Each is retried automatically."
        return reading.become(self._bound.judge(len(opened)), f"open: {shown}", action)

    async def close(self) -> None:
        """Cancels all timers."""
        await asyncio.gather(*(breaker.close() for breaker in self._breakers.values()))

    def _changed(self, breaker: Breaker) -> None:
        logger.info("breaker.%s breaker=%s", breaker.state, breaker.name)
        for listener in tuple(self._listeners):
            listener(breaker)

    def _states(self) -> dict[tuple[str, ...], float]:
        worst: dict[tuple[str, ...], float] = {}
        for name, breaker in self._breakers.items():
            label = (self._labels[name],)
            worst[label] = max(worst.get(label, 0.0), float(STATES.index(breaker.state)))
        return worst
