"""When a metric's alert is raised and cleared: at its critical bounds, with hysteresis.

An alert is raised when a value passes a critical bound (`state.models.METRICS`), and clears only when the
value is back by `MARGIN_SHARE` of the metric's range: 0.05 for ranges 0 to 1, 0.10 for ranges 0 to 2. So a
value that oscillates around the bound raises one alert, not many. There is no warning level: the field is
usually "fair" (its defaults are), and an alert that is always open has no information.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Literal

import msgspec

from core.text.numbers import plain
from state.models import METRICS, UCF, Metric

MARGIN_SHARE: Final = 0.05
# Keys with this prefix are measured here; nothing else raises or clears them.
MEASURED_PREFIX: Final = "ucf."


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One critical bound.

    Attributes:
        bound: values beyond it are critical; the bound itself is not.
        clear_at: the alert clears at this value or a better one.
    """

    key: str
    metric: str
    side: Literal["low", "high"]
    bound: float
    clear_at: float

    def crossed(self, ucf: UCF) -> bool:
        """Whether the value is critical on this side."""
        value: float = getattr(ucf, self.metric)
        return value < self.bound if self.side == "low" else value > self.bound

    def recovered(self, ucf: UCF) -> bool:
        """Whether the value is better than the bound by the margin."""
        value: float = getattr(ucf, self.metric)
        return value >= self.clear_at if self.side == "low" else value <= self.clear_at

    def summary(self) -> str:
        """The alert's summary."""
        return f"{self.metric} is critically {self.side}"

    def detail(self, ucf: UCF) -> str:
        """The alert's detail: the value, the bound, and where the alert clears."""
        below = "below" if self.side == "low" else "above"
        value: float = getattr(ucf, self.metric)
        return f"{plain(value, 4)}; critical {below} {self.bound:.2f}, clears at {self.clear_at:.2f}"


def compare(open_keys: Collection[str], ucf: UCF) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """The rules whose alerts these values raise, and those whose open alerts they clear."""
    raised = tuple(rule for rule in RULES if rule.key not in open_keys and rule.crossed(ucf))
    cleared = tuple(rule for rule in RULES if rule.key in open_keys and rule.recovered(ucf))
    return raised, cleared


def _rules(metric: Metric) -> list[Rule]:
    margin = MARGIN_SHARE * (metric.high - metric.low)
    sides: tuple[tuple[Literal["low", "high"], float | None, float], ...] = (
        ("low", metric.critical_low, margin),
        ("high", metric.critical_high, -margin),
    )
    return [
        Rule(
            key=f"{MEASURED_PREFIX}{metric.name}.{side}",
            metric=metric.name,
            side=side,
            bound=bound,
            # Rounded: as a float, 0.7 - 0.05 is less than 0.65, and a value of 0.65 should clear the alert.
            clear_at=round(bound + inwards, 9),
        )
        for side, bound, inwards in sides
        if bound is not None
    ]


RULES: Final[tuple[Rule, ...]] = tuple(rule for metric in METRICS.values() for rule in _rules(metric))
