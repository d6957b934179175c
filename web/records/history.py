"""The body of GET /ucf/history."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from core.clock import Moment
from state.journal.history import Series


class HistoryPoint(msgspec.Struct, frozen=True, kw_only=True):
    """A metric from `at` on.

    Attributes:
        mean: the value; of several in the time up to the next point, the time-weighted mean.
        low: the least of them.
        high: the greatest.
    """

    at: Moment
    mean: float
    low: float
    high: float


class MetricHistory(msgspec.Struct, frozen=True, kw_only=True):
    """One metric over the span.

    Attributes:
        exact: each point is a change, and its value held until the next; else they are evenly spread.
        points: in order of time; none before the history begins.
    """

    exact: bool
    points: tuple[HistoryPoint, ...]


class UcfHistory(msgspec.Struct, frozen=True, kw_only=True):
    """The UCF over a span.

    Attributes:
        until: not later than when the answer was made.
        series: by metric.
    """

    since: Moment
    until: Moment
    series: Mapping[str, MetricHistory]


def metric_history(series: Series) -> MetricHistory:
    """One metric as it is shown."""
    points = tuple(
        HistoryPoint(at=point.at, mean=point.value, low=point.low, high=point.high) for point in series.points
    )
    return MetricHistory(exact=series.exact, points=points)
