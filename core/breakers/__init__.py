"""All breakers of the process by name: for people, for the check "breakers", for metrics."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from core.breakers.breaker import STATES, Breaker, BreakerPolicy, BreakerView, Sleep
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
    """Makes breakers and keeps them; one name is one breaker.

    Args:
        clock: what they are timed by.
        metrics: where `helix_breaker_state` is told.
        warn_above: with more of them open than this, the check warns.
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
            "helix_breaker_state", "0 closed, 1 half-open, 2 open; of several the worst.", ("breaker",)
        ).function(self._states)

    def get(self, name: str, label: str, policy: BreakerPolicy | None = None) -> Breaker:
        """The breaker of that name, made where there is none.

        Args:
            name: whom it protects.
            label: the same for metrics, of which there may be only a few.
            policy: when it opens.
        """
        breaker = self._breakers.get(name)
        if breaker is None:
            breaker = Breaker(name, self._clock, policy, sleep=self._sleep, on_change=self._changed)
            self._breakers[name] = breaker
            self._labels[name] = label
        return breaker

    def forget(self, name: str) -> None:
        """Let go of the breaker of what is there no longer; an unknown name is ignored."""
        self._breakers.pop(name, None)
        self._labels.pop(name, None)

    def find(self, name: str) -> Breaker:
        """The breaker of that name, in any case.

        Raises:
            UnknownBreaker: there is none; the text suggests the nearest.
        """
        wanted = name.strip().casefold()
        for known, breaker in self._breakers.items():
            if known.casefold() == wanted:
                return breaker
        raise UnknownBreaker(name.strip(), tuple(self._breakers))

    def views(self) -> tuple[BreakerView, ...]:
        """Every breaker as it is now, those that are not closed first."""
        views = (breaker.view() for breaker in self._breakers.values())
        return tuple(sorted(views, key=lambda view: (view.state == "closed", view.name)))

    def on_change(self, callback: Callable[[Breaker], None]) -> None:
        """Calls `callback(breaker)` when one opens, is probed or closes; it must not wait."""
        self._listeners.append(callback)

    def probe(self) -> Reading:
        """What the check "breakers" says: it warns while too many are not closed."""
        views = self.views()
        opened = [view for view in views if view.state != "closed"]
        counters = {"breakers": len(views), "open": len(opened)}
        load = len(opened) / len(views) if views else 0.0
        reading = Reading(load=load, counters=counters, thresholds=(self._bound,))
        if not opened:
            return reading
        names = [view.name for view in opened]
        shown = ", ".join(names[:3]) + (" and more" if len(names) > 3 else "")
        action = "See `/breakers`; what they protect is tried again by itself."
        return reading.become(self._bound.judge(len(opened)), f"open: {shown}", action)

    async def close(self) -> None:
        """Lets go of every timer."""
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
