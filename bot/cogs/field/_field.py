"""`ucf`: the six values, their change in a day, and what to do next."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from state.alerts.holt import Expected
from state.models import METRICS, UCF, Judgement, Metric, judge

# A finished ritual lowers klesha by 0.05 per 108 steps.
_STEPS: Final = 108
_LOWERED: Final = 0.05
_MOST_STEPS: Final = 1000
# The promotion of folklore that raises each metric.
_LIFTED_BY: Final = {"drishti": "a legend", "prana": "a hymn", "resilience": "a law"}
_AS_SEEN: Final = 0.005


@dataclass(frozen=True, slots=True)
class Row:
    """One value.

    Attributes:
        moved: the change in 24 hours; None if unknown.
        expected: the forecast for an hour from now; None if the history is too short.
        muted_until: the end of its mute, if any.
    """

    metric: Metric
    value: float
    judgement: Judgement
    moved: float | None
    expected: Expected | None = None
    muted_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class FieldView:
    """The requested values and the recommended action."""

    rows: tuple[Row, ...]
    advice: str


def build_row(
    name: str,
    ucf: UCF,
    day_ago: UCF | None,
    *,
    expected: Expected | None = None,
    muted_until: datetime | None = None,
) -> Row:
    """One value of the field."""
    value: float = getattr(ucf, name)
    moved = None if day_ago is None else value - getattr(day_ago, name)
    return Row(METRICS[name], value, judge(name, value), moved, expected, muted_until)


def advise(ucf: UCF, prefix: str, *, ritual_running: bool, among: Sequence[str] = tuple(METRICS)) -> str:
    """The recommended action for the worst of the named values."""
    critical = [name for name in among if judge(name, getattr(ucf, name)) == "critical"]
    fair = [name for name in among if judge(name, getattr(ucf, name)) == "fair"]
    worst = min(critical or fair, key=lambda name: _goodness(name, ucf), default=None)
    if worst is None:
        return "Nothing to do: this value is good." if len(among) == 1 else "Nothing to do: all six are good."
    if worst != "zoom" and ritual_running:
        return f"A ritual is running: wait for its effect on {worst} before you do more."
    return _action(worst, ucf, prefix)


def _action(name: str, ucf: UCF, prefix: str) -> str:
    if name == "klesha":
        over = ucf.klesha - METRICS["klesha"].good_high
        steps = min(_MOST_STEPS, max(1, math.ceil(over / _LOWERED * _STEPS - 1e-9)))
        if judge("klesha", ucf.klesha) == "critical":
            # A longer ritual may promote an entry to a law, which raises klesha.
            steps = _STEPS
        return f"Lower klesha: `{prefix}ritual {steps}` lowers it by {steps / _STEPS * _LOWERED:.2f}."
    if name == "harmony":
        return f"Raise harmony: `{prefix}harmony` raises it toward 0.7."
    if name == "zoom":
        return f"Reset zoom: `{prefix}tune zoom 1.0` sets it."
    amount = METRICS[name].good_low - getattr(ucf, name)
    return (
        f"Raise {name}: `{prefix}ritual` may promote {_LIFTED_BY[name]}, which raises it; "
        f"`{prefix}tune {name} +{max(amount, _AS_SEEN):.2f}` raises it at once."
    )


def _goodness(name: str, ucf: UCF) -> float:
    """The distance from the good range, as a negative share of the whole range."""
    metric = METRICS[name]
    value: float = getattr(ucf, name)
    off = max(metric.good_low - value, value - metric.good_high, 0.0)
    return -off / (metric.high - metric.low)
