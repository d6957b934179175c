"""The three kinds of metric: counter, gauge and histogram."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Literal

import msgspec

from core.metrics.histogram import HistogramCell, HistogramSummary

logger = logging.getLogger(__name__)

Labels = tuple[str, ...]
Kind = Literal["counter", "gauge", "histogram"]

MAX_LABEL_SETS = 200
OTHER = "other"


class Sample(msgspec.Struct, frozen=True):
    """The value of one label set at collection; `histogram` is a copy, set only for histograms."""

    labels: Labels
    value: float
    histogram: HistogramCell | None = None


class MetricFamily(msgspec.Struct, frozen=True):
    """A metric with all its samples, as passed to the exposition."""

    name: str
    kind: Kind
    help: str
    label_names: Labels
    samples: tuple[Sample, ...]


class CounterCell:
    """One label set of a counter; bind it before a hot path."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value: float = 0

    def inc(self, by: float = 1) -> None:
        """Adds `by`, which must not be negative."""
        if by < 0:
            raise ValueError("a counter only grows")
        self.value += by


class _Metric:
    """What the three kinds share: name, help, label names, and the limit of label sets."""

    kind: Kind

    def __init__(self, name: str, help_text: str, labels: Labels, max_label_sets: int) -> None:
        self.name = name
        self.help = help_text
        self.labels = labels
        self.max_label_sets = max_label_sets

    def _admit(self, cells: Mapping[Labels, object], labels: Labels) -> Labels:
        """The key of a new label set: itself, or "other" if there are too many."""
        if len(labels) != len(self.labels):
            raise ValueError(f"{self.name} takes the labels {self.labels}, not {len(labels)} values")
        other = (OTHER,) * len(self.labels)
        # Keep one place for "other" itself.
        room = self.max_label_sets - (0 if other in cells else 1)
        return labels if not labels or len(cells) < room else other


class Counter(_Metric):
    """A number per label set that only grows."""

    kind: Kind = "counter"

    def __init__(self, name: str, help_text: str, labels: Labels, max_label_sets: int) -> None:
        super().__init__(name, help_text, labels, max_label_sets)
        self._cells: dict[Labels, CounterCell] = {}

    def inc(self, *labels: str, by: float = 1) -> None:
        """Adds `by` (not negative) to one label set."""
        cell = self._cells.get(labels)
        (self.bind(*labels) if cell is None else cell).inc(by)

    def bind(self, *labels: str) -> CounterCell:
        """The cell of one label set, to keep where it is counted often."""
        cell = self._cells.get(labels)
        if cell is None:
            cell = self._cells.setdefault(self._admit(self._cells, labels), CounterCell())
        return cell

    def value(self, *labels: str) -> float:
        """The count of one label set; 0 if it was never counted."""
        cell = self._cells.get(labels)
        return 0 if cell is None else cell.value

    def total(self) -> float:
        """The sum over all label sets."""
        return sum(cell.value for cell in self._cells.values())

    def items(self) -> tuple[tuple[Labels, float], ...]:
        """Every label set with its count, in order of first use."""
        return tuple((labels, cell.value) for labels, cell in self._cells.items())

    def collect(self) -> MetricFamily:
        """The present family, without label sets that were bound but never counted."""
        samples = tuple(Sample(labels, value) for labels, value in self.items() if value or not labels)
        return MetricFamily(self.name, self.kind, self.help, self.labels, samples)


class Gauge(_Metric):
    """A number that moves both ways, either set or read from a function at collection."""

    kind: Kind = "gauge"

    def __init__(self, name: str, help_text: str, labels: Labels, max_label_sets: int) -> None:
        super().__init__(name, help_text, labels, max_label_sets)
        self._values: dict[Labels, float] = {}
        self._reads: list[Callable[[], float | Mapping[Labels, float]]] = []

    def set(self, value: float, *labels: str) -> None:
        """Sets one label set."""
        if labels not in self._values:
            labels = self._admit(self._values, labels)
        self._values[labels] = value

    def function(self, read: Callable[[], float | Mapping[Labels, float]]) -> None:
        """Reads the gauge from `read` at each collection: a number, or one per label set.

        Several functions may each provide their own label sets.
        """
        self._reads.append(read)

    def clear(self) -> None:
        """Drops every value that was set, for label sets that may disappear."""
        self._values.clear()

    def value(self, *labels: str) -> float | None:
        """The present value of one label set; None if there is none."""
        return self._current().get(labels)

    def items(self) -> tuple[tuple[Labels, float], ...]:
        """Every label set with its present value."""
        return tuple(self._current().items())

    def collect(self) -> MetricFamily:
        """The present family."""
        samples = tuple(Sample(labels, value) for labels, value in self.items())
        return MetricFamily(self.name, self.kind, self.help, self.labels, samples)

    def _current(self) -> dict[Labels, float]:
        values = dict(self._values)
        for look in self._reads:
            try:
                read = look()
            except Exception:
                logger.exception("metrics.gauge_failed metric=%s", self.name)
                continue
            for labels, value in read.items() if isinstance(read, Mapping) else (((), read),):
                room = labels in values or len(values) < self.max_label_sets
                if len(labels) == len(self.labels) and room:
                    values[labels] = value
        return values


class Histogram(_Metric):
    """The distribution of observations over buckets, in seconds or in the unit of its name."""

    kind: Kind = "histogram"

    def __init__(
        self, name: str, help_text: str, labels: Labels, max_label_sets: int, buckets: tuple[float, ...]
    ) -> None:
        super().__init__(name, help_text, labels, max_label_sets)
        self.buckets = buckets
        self._cells: dict[Labels, HistogramCell] = {}
        HistogramCell(buckets)

    def observe(self, seconds: float, *labels: str) -> None:
        """Counts one observation (finite, not negative) under one label set."""
        cell = self._cells.get(labels)
        (self.bind(*labels) if cell is None else cell).observe(seconds)

    def bind(self, *labels: str) -> HistogramCell:
        """The cell of one label set, to keep where it is observed often."""
        cell = self._cells.get(labels)
        if cell is None:
            cell = self._cells.setdefault(self._admit(self._cells, labels), HistogramCell(self.buckets))
        return cell

    def quantile(self, q: float, *labels: str) -> float | None:
        """An estimate of the q-quantile (0 to 1); None without observations."""
        cell = self._cells.get(labels)
        return None if cell is None else cell.quantile(q)

    def summary(self, *labels: str) -> HistogramSummary:
        """Count, sum and quantiles of one label set."""
        cell = self._cells.get(labels)
        return (HistogramCell(self.buckets) if cell is None else cell).summary()

    def merge(self) -> HistogramCell:
        """The sum over all label sets, as a copy."""
        return HistogramCell.merge(self.buckets, self._cells.values())

    def merged(self) -> HistogramSummary:
        """Count, sum and quantiles over all label sets."""
        return self.merge().summary()

    def items(self) -> tuple[tuple[Labels, HistogramSummary], ...]:
        """Every observed label set with its summary."""
        return tuple((labels, cell.summary()) for labels, cell in self._cells.items() if cell.count)

    def collect(self) -> MetricFamily:
        """The present family, without label sets that have no observations."""
        samples = tuple(
            Sample(labels, cell.count, cell.copy()) for labels, cell in self._cells.items() if cell.count
        )
        return MetricFamily(self.name, self.kind, self.help, self.labels, samples)
