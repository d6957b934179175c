"""Counters, gauges and histograms cheap enough for every request.

Recording is a dict look-up and an addition on the event loop, without locks. Counts from other threads belong
in a gauge's function, which is read at collection.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from core.metrics._kinds import (
    MAX_LABEL_SETS,
    OTHER,
    Counter,
    CounterCell,
    Gauge,
    Histogram,
    MetricFamily,
    Sample,
)
from core.metrics.histogram import DEFAULT_BUCKETS_S, HistogramCell, HistogramSummary

__all__ = [
    "DEFAULT_BUCKETS_S",
    "OTHER",
    "Counter",
    "CounterCell",
    "Gauge",
    "Histogram",
    "HistogramCell",
    "HistogramSummary",
    "MetricFamily",
    "Registry",
    "Sample",
]

_AnyMetric = TypeVar("_AnyMetric", bound=Counter | Gauge | Histogram)


class Registry:
    """All metrics of the process, by name."""

    def __init__(self) -> None:
        self._metrics: dict[str, Counter | Gauge | Histogram] = {}

    def counter(
        self,
        name: str,
        help_text: str,
        labels: Iterable[str] = (),
        *,
        max_label_sets: int = MAX_LABEL_SETS,
    ) -> Counter:
        """The counter of that name, created if needed.

        Raises:
            ValueError: another metric has that name, or this one has other labels or limits.
        """
        return self._same_or_new(Counter(name, help_text, tuple(labels), max_label_sets))

    def gauge(
        self,
        name: str,
        help_text: str,
        labels: Iterable[str] = (),
        *,
        max_label_sets: int = MAX_LABEL_SETS,
    ) -> Gauge:
        """The gauge of that name, created if needed; raises like `counter`."""
        return self._same_or_new(Gauge(name, help_text, tuple(labels), max_label_sets))

    def histogram(
        self,
        name: str,
        help_text: str,
        labels: Iterable[str] = (),
        buckets: tuple[float, ...] = DEFAULT_BUCKETS_S,
        *,
        max_label_sets: int = MAX_LABEL_SETS,
    ) -> Histogram:
        """The histogram of that name, created if needed; `buckets` are upper bounds.

        Raises:
            ValueError: like `counter`, or the bounds are not rising.
        """
        return self._same_or_new(Histogram(name, help_text, tuple(labels), max_label_sets, buckets))

    def get(self, name: str) -> Counter | Gauge | Histogram | None:
        """The metric of that name, or None."""
        return self._metrics.get(name)

    def collect(self) -> tuple[MetricFamily, ...]:
        """All metrics with samples, sorted by name; plain data, safe to pass to a thread."""
        families = (self._metrics[name].collect() for name in sorted(self._metrics))
        return tuple(family for family in families if family.samples)

    def _same_or_new(self, wanted: _AnyMetric) -> _AnyMetric:
        known = self._metrics.setdefault(wanted.name, wanted)
        if type(known) is not type(wanted) or _shape(known) != _shape(wanted):
            raise ValueError(f"the metric {wanted.name} exists already with another shape")
        return known


def _shape(metric: Counter | Gauge | Histogram) -> tuple[object, ...]:
    buckets = metric.buckets if isinstance(metric, Histogram) else ()
    return (metric.help, metric.labels, metric.max_label_sets, buckets)
