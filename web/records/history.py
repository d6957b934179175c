"""The body of GET /ucf/history."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from core.clock import Moment
from state.journal.history import Series


class HistoryPoint(msgspec.Struct, frozen=True, kw_only=True):
    """A metric from `at` until the next point.

    Attributes:
        mean: the value; the time-weighted mean if there were several.
        low: the minimum.
        high: the maximum.
    """

    at: Moment
    mean: float
    low: float
    high: float


class MetricHistory(msgspec.Struct, frozen=True, kw_only=True):
    """One metric over the span.

    Attributes:
        exact: whether each point is a change whose value held until the next; else points are evenly spaced.
        points: oldest first; none before the history begins.
    """

    exact: bool
    points: tuple[HistoryPoint, ...]


class UcfHistory(msgspec.Struct, frozen=True, kw_only=True):
    """The UCF over a time span.

    Attributes:
        until: the end of the span, at most the time of the response.
        series: by metric.
    """

    since: Moment
    until: Moment
    series: Mapping[str, MetricHistory]


def metric_history(series: Series) -> MetricHistory:
    """The body for one metric."""
    points = tuple(
        HistoryPoint(at=point.at, mean=point.value, low=point.low, high=point.high) for point in series.points
    )
    return MetricHistory(exact=series.exact, points=points)
