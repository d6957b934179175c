"""When a metric's alert is raised, and when it clears: the critical bounds, with hysteresis.

An alert is raised when a value passes a critical bound (`state.models.METRICS`), and clears only when the
value is back by `MARGIN_SHARE` of the metric's range: 0.05 for those from 0 to 1, 0.10 for those from 0 to 2.
Between the two nothing happens, so a value that dances on the bound raises one alert and not twenty. There is
no warning level: "fair" is how the field usually is (its defaults are), and an alert that is always open says
nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Literal

import msgspec

from core.text.numbers import plain
from state.models import METRICS, UCF, Metric

MARGIN_SHARE: Final = 0.05
# Keys that begin so are measured here; nothing else raises or clears them.
MEASURED_PREFIX: Final = "ucf."


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One critical bound.

    Attributes:
        bound: beyond it the value is critical; the bound itself is not.
        clear_at: from here on, back toward the good, the alert is over.
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

    def mended(self, ucf: UCF) -> bool:
        """Whether the value is back by the margin."""
        value: float = getattr(ucf, self.metric)
        return value >= self.clear_at if self.side == "low" else value <= self.clear_at

    def summary(self) -> str:
        """What the alert is about, in a few words."""
        return f"{self.metric} is critically {self.side}"

    def detail(self, ucf: UCF) -> str:
        """The value with the two bounds around it."""
        below = "below" if self.side == "low" else "above"
        value: float = getattr(ucf, self.metric)
        return f"{plain(value, 4)}; critical {below} {self.bound:.2f}, clears at {self.clear_at:.2f}"


def compare(open_keys: Collection[str], ucf: UCF) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """Which alerts these values raise, and which they clear, given those that are open."""
    raised = tuple(rule for rule in RULES if rule.key not in open_keys and rule.crossed(ucf))
    cleared = tuple(rule for rule in RULES if rule.key in open_keys and rule.mended(ucf))
    return raised, cleared


def _rules(metric: Metric) -> list[Rule]:
    margin = MARGIN_SHARE * (metric.high - metric.low)
    rules = []
    if metric.critical_low is not None:
        rules.append(_rule(metric.name, "low", metric.critical_low, metric.critical_low + margin))
    if metric.critical_high is not None:
        rules.append(_rule(metric.name, "high", metric.critical_high, metric.critical_high - margin))
    return rules


def _rule(metric: str, side: Literal["low", "high"], bound: float, clear_at: float) -> Rule:
    # 0.7 - 0.05 is a little less than 0.65 as a float, and who tunes to 0.65 has mended it.
    key = f"{MEASURED_PREFIX}{metric}.{side}"
    return Rule(key=key, metric=metric, side=side, bound=bound, clear_at=round(clear_at, 9))


RULES: Final[tuple[Rule, ...]] = tuple(rule for metric in METRICS.values() for rule in _rules(metric))
