"""Summarises the collective: one status, one sentence, and the trend of each metric."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.health import HealthRegistry, Status
from state.models import METRICS, UCF, judge
from state.status.records import Trend

# A smaller change, as a share of a metric's range, counts as steady.
_STEADY_SHARE: Final = 0.01


def overall(status: Status, ucf: UCF) -> Status:
    """The status including the field: the checks alone pass once a critical value is acknowledged."""
    strained = any(judge(name, getattr(ucf, name)) == "critical" for name in METRICS)
    return "warn" if strained and status == "pass" else status


def build_trends(ucf: UCF, hour_ago: UCF | None) -> Mapping[str, Trend]:
    """The trend of each metric over an hour; "steady" if the earlier values are unknown."""
    trends: dict[str, Trend] = {}
    for name, metric in METRICS.items():
        before = getattr(ucf if hour_ago is None else hour_ago, name)
        moved = getattr(ucf, name) - before
        if abs(moved) < _STEADY_SHARE * (metric.high - metric.low):
            trends[name] = "steady"
        else:
            trends[name] = "up" if moved > 0 else "down"
    return trends


def assess(ucf: UCF, health: HealthRegistry) -> str:
    """One sentence: failing checks come first, then critical values, then values that could be better."""
    failing = [check.name for check in health.checks() if check.status == "fail"]
    required = [check.name for check in health.checks() if check.status == "fail" and check.required]
    warned = [check.name for check in health.checks() if check.status == "warn"]
    critical = [name for name in METRICS if judge(name, getattr(ucf, name)) == "critical"]
    fair = [name for name in METRICS if judge(name, getattr(ucf, name)) == "fair"]
    if required:
        return f"Broken: {_checks(required)} {_is(required)} failing{_besides(critical, ucf)}."
    if critical:
        tail = f", and {_checks(failing)} {_is(failing)} failing" if failing else ""
        return f"Strained: {_values(critical, ucf)} {_is(critical)} critical{tail}."
    if failing or warned:
        return f"Impaired: {_checks(failing or warned)} {_need(failing or warned)} attention."
    if fair:
        return f"Steady: nothing is critical, {_values(fair, ucf)} could be better."
    return "In harmony: all six values are good, and every check passes."


def _values(names: list[str], ucf: UCF) -> str:
    return _listed([f"{name} {getattr(ucf, name):.2f}" for name in names])


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _checks(names: list[str]) -> str:
    """With "the" and "check", so that a name such as "commands" reads as a name."""
    return f"the {_listed(names)} {'check' if len(names) == 1 else 'checks'}"


def _besides(critical: list[str], ucf: UCF) -> str:
    return f", and {_values(critical, ucf)} {_is(critical)} critical" if critical else ""


def _is(words: list[str]) -> str:
    return "is" if len(words) == 1 else "are"


def _need(words: list[str]) -> str:
    return "needs" if len(words) == 1 else "need"
