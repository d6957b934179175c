"""The body of GET /ucf."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from state.models import METRICS, Judgement, Snapshot, judge
from web.records.status import StateVersion


class GoodBand(msgspec.Struct, frozen=True):
    """A value is good between these limits, both included."""

    low: float
    high: float


class CriticalBounds(msgspec.Struct, frozen=True):
    """A value is critical beyond these limits; null if there is no limit."""

    below: float | None
    above: float | None


class UcfMetric(msgspec.Struct, frozen=True, kw_only=True):
    """One of the six values with its limits and judgement.

    Attributes:
        meaning: the metric in plain words.
        low: the minimum.
        high: the maximum.
    """

    value: float
    judgement: Judgement
    meaning: str
    low: float
    high: float
    good: GoodBand
    critical: CriticalBounds


class UcfMetrics(msgspec.Struct, frozen=True, kw_only=True):
    """The Universal Coherence Field.

    Attributes:
        ucf: the six values by name.
        state: the version of the state.
    """

    ucf: Mapping[str, UcfMetric]
    state: StateVersion


def ucf_body(snapshot: Snapshot) -> UcfMetrics:
    """The six values of a snapshot, with their limits and judgements."""
    metrics = {}
    for name, metric in METRICS.items():
        value = getattr(snapshot.ucf, name)
        metrics[name] = UcfMetric(
            value=value,
            judgement=judge(name, value),
            meaning=metric.meaning,
            low=metric.low,
            high=metric.high,
            good=GoodBand(metric.good_low, metric.good_high),
            critical=CriticalBounds(metric.critical_low, metric.critical_high),
        )
    return UcfMetrics(ucf=metrics, state=StateVersion(snapshot.version, snapshot.changed_at, snapshot.source))
