"""The body of GET /ucf."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from state.models import METRICS, Judgement, Snapshot, judge
from web.records.status import StateVersion


class GoodBand(msgspec.Struct, frozen=True):
    """Between these, both included, a value is good."""

    low: float
    high: float


class CriticalBounds(msgspec.Struct, frozen=True):
    """Beyond these a value is critical; null where it never is."""

    below: float | None
    above: float | None


class UcfMetric(msgspec.Struct, frozen=True, kw_only=True):
    """One of the six numbers, with how it is read.

    Attributes:
        meaning: the plain word for it.
        low: the least value that it may have.
        high: the greatest.
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
        ucf: the six numbers by name.
        state: which state they are of.
    """

    ucf: Mapping[str, UcfMetric]
    state: StateVersion


def ucf_body(snapshot: Snapshot) -> UcfMetrics:
    """The six numbers of a state, with what they may be and how they are judged."""
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
