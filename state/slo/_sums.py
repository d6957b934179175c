"""The counts behind the objectives: sums that can be added, subtracted and stored."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Self

import msgspec

from core.metrics import Counter, Histogram, Registry
from core.metrics.histogram import HistogramCell

# Their answers describe the state of Helix: a 503 there is no error.
_PROBES: Final = frozenset({"/health", "/health/live", "/health/ready"})

# Number of observations per bucket, by its upper bound as text; empty buckets are left out.
Buckets = dict[str, int]


class Sums(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What was counted in a period.

    Attributes:
        requests: HTTP requests without health probes; `errors` of them were answered with 5xx.
        timed: answers by duration in seconds; for a stream, until its start.
        timed_s: sum of these durations.
        commands: likewise, chat commands; `broadcasts`: changes sent to live clients.
        looked_up: cache look-ups; `hits` of them were answered from memory.
        delivered: successful deliveries; `dead`: deliveries given up.
        up_s: seconds during which Helix was ready.
    """

    requests: int = 0
    errors: int = 0
    timed: Buckets = {}
    timed_s: float = 0.0
    commands: Buckets = {}
    broadcasts: Buckets = {}
    looked_up: int = 0
    hits: int = 0
    delivered: int = 0
    dead: int = 0
    up_s: float = 0.0

    def plus(self, other: Sums) -> Sums:
        """The sum of both."""
        return self._with(other, 1)

    def minus(self, other: Sums) -> Sums:
        """This without the other, which must be a part of it."""
        return self._with(other, -1)

    def _with(self, other: Sums, sign: int) -> Self:
        changed: dict[str, Any] = {}
        for name in self.__struct_fields__:
            mine, its = getattr(self, name), getattr(other, name)
            changed[name] = _merged(mine, its, sign) if isinstance(mine, dict) else mine + sign * its
        return type(self)(**changed)


def read_sums(metrics: Registry) -> Sums:
    """What was counted since this process started, except `up_s`."""
    sums = Sums()
    for (route, status), count in _counts(metrics, "helix_http_requests_total", "route", "status"):
        if route not in _PROBES:
            sums.requests += count
            sums.errors += count if status.startswith("5") else 0
    for (result,), count in _counts(metrics, "helix_cache_requests_total", "result"):
        if result != "off":
            sums.looked_up += count
            sums.hits += count if result == "hit" else 0
    for (outcome,), count in _counts(metrics, "helix_delivery_attempts_total", "outcome"):
        sums.delivered += count if outcome == "delivered" else 0
        sums.dead += count if outcome == "dead" else 0
    timed = _cell(metrics, "helix_http_request_duration_seconds")
    sums.timed, sums.timed_s = _buckets(timed), 0.0 if timed is None else timed.sum
    sums.commands = _buckets(_cell(metrics, "helix_command_duration_seconds"))
    sums.broadcasts = _buckets(_cell(metrics, "helix_broadcast_seconds"))
    return sums


def quantile(buckets: Buckets, bounds: Iterable[float], q: float) -> float | None:
    """The q-quantile (0 to 1), interpolated linearly in its bucket; None without observations.

    Values above the last bound count as being at it, as with Prometheus' `histogram_quantile`.

    Args:
        buckets: the observations.
        bounds: present upper bounds of the buckets, which say where each begins; stored observations of an
            older version may have other bounds.
        q: which quantile.
    """
    counts = {float(bound): count for bound, count in buckets.items() if count > 0}
    rank = q * sum(counts.values())
    low = reached = 0.0
    for high in sorted({*bounds, *counts}):
        count = counts.get(high, 0)
        if count and reached + count >= rank:
            return low if high == float("inf") else low + (high - low) * (rank - reached) / count
        reached += count
        low = high
    return None


def count_of(buckets: Buckets) -> int:
    """Number of observations."""
    return sum(buckets.values())


def bounds_of(metrics: Registry, name: str) -> tuple[float, ...]:
    """The upper bounds of that histogram's buckets; empty if there is no such histogram."""
    histogram = metrics.get(name)
    return histogram.buckets if isinstance(histogram, Histogram) else ()


def _counts(metrics: Registry, name: str, *wanted: str) -> Iterable[tuple[tuple[str, ...], int]]:
    """The wanted labels and the count of each label set; nothing if there is no such counter."""
    counter = metrics.get(name)
    if isinstance(counter, Counter):
        places = [counter.labels.index(label) for label in wanted]
        for labels, count in counter.items():
            yield tuple([labels[place] for place in places]), int(count)


def _cell(metrics: Registry, name: str) -> HistogramCell | None:
    histogram = metrics.get(name)
    return histogram.merge() if isinstance(histogram, Histogram) else None


def _buckets(cell: HistogramCell | None) -> Buckets:
    return {} if cell is None else {repr(bound): count for bound, count in cell.buckets() if count}


def _merged(mine: Buckets, its: Buckets, sign: int) -> Buckets:
    merged = {bound: mine.get(bound, 0) + sign * its.get(bound, 0) for bound in {**mine, **its}}
    return {bound: count for bound, count in merged.items() if count}
