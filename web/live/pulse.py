"""The pulse: frequently changing numbers, gathered while clients are connected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Final, final

from core.metrics import Counter as CounterMetric
from core.metrics import Histogram
from core.runtime.kernel import Kernel
from core.runtime.memory import resident_bytes
from state.collective import Collective
from state.ports import FAILED_OUTCOMES
from state.views.live_records import (
    CachePulse,
    CommandPulse,
    CommandUse,
    HttpPulse,
    ObjectivesPulse,
    Pulse,
    QueuePulse,
)
from web.traffic import Traffic

_MOST_COMMANDS: Final = 10
# The period for requests per second: long enough to be meaningful, short enough to be current.
_SHORTEST_SPAN_S: Final = 1.0
_LONGEST_SPAN_S: Final = 10.0
_NO_COMMAND: Final = "unknown"


@final
class PulseMeter:
    """Reads the counters of the process.

    Args:
        clients: returns the number of stream clients.
    """

    def __init__(
        self, kernel: Kernel, collective: Collective, traffic: Traffic, *, clients: Callable[[], int]
    ) -> None:
        self._kernel = kernel
        self._collective = collective
        self._traffic = traffic
        self._clients = clients
        self._last: tuple[float, int] | None = None

    def read(self) -> Pulse:
        """The current numbers, from memory and from the operating system."""
        kernel, webhooks = self._kernel, self._collective.webhooks
        return Pulse(
            at=kernel.clock.now(),
            http=self._http(),
            cache=self._cache(),
            commands=self._commands(),
            loop_lag_ms=_ms(kernel.loop_lag.last_s),
            memory_bytes=resident_bytes(),
            clients=self._clients(),
            gateway_latency_ms=self._gateway_latency_ms(),
            queues=QueuePulse(
                inbox=webhooks.inbox.waiting,
                outbox=webhooks.outbox.waiting,
                directives=self._collective.directives.counts["queued"],
            ),
            slo=self._objectives(),
        )

    def _http(self) -> HttpPulse:
        requests, errors, summary = self._traffic.totals()
        now = self._kernel.clock.monotonic()
        last, per_s = self._last, None
        if last is not None and _SHORTEST_SPAN_S <= now - last[0] <= _LONGEST_SPAN_S:
            per_s = round((requests - last[1]) / (now - last[0]), 2)
        if last is None or now - last[0] >= _SHORTEST_SPAN_S:
            self._last = (now, requests)
        return HttpPulse(
            requests=requests,
            errors=errors,
            per_s=per_s,
            mean_ms=_ms_or_none(summary.mean),
            p50_ms=_ms_or_none(summary.p50),
            p95_ms=_ms_or_none(summary.p95),
            p99_ms=_ms_or_none(summary.p99),
        )

    def _cache(self) -> CachePulse:
        hits, asked = self._kernel.caches.look_ups()
        return CachePulse(hits=hits, misses=asked - hits, hit_rate=round(hits / asked, 4) if asked else None)

    def _commands(self) -> CommandPulse:
        counts: Counter[str] = Counter()
        errors = 0
        metric = self._kernel.metrics.get("helix_commands_total")
        for (name, outcome), count in metric.items() if isinstance(metric, CounterMetric) else ():
            counts[name] += int(count)
            errors += int(count) if outcome in FAILED_OUTCOMES else 0
        total = counts.total()
        counts.pop(_NO_COMMAND, None)
        times = self._kernel.metrics.get("helix_command_duration_seconds")
        return CommandPulse(
            total=total,
            errors=errors,
            top=tuple(
                CommandUse(
                    name=name,
                    count=count,
                    p95_ms=_ms_or_none(times.quantile(0.95, name)) if isinstance(times, Histogram) else None,
                )
                for name, count in counts.most_common(_MOST_COMMANDS)
            ),
        )

    def _objectives(self) -> ObjectivesPulse:
        report = self._collective.slo.current()
        missed = tuple(one.name for one in report.promises if one.met is False)
        return ObjectivesPulse(met=report.met, missed=missed)

    def _gateway_latency_ms(self) -> float | None:
        check = self._kernel.health.get("gateway")
        if check is None or check.observed_unit != "s" or not isinstance(check.observed_value, float):
            return None
        return _ms(check.observed_value)


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)


def _ms_or_none(seconds: float | None) -> float | None:
    return None if seconds is None else _ms(seconds)
