"""The level of consciousness, from 0 to 100, computed from the UCF.

Each value has a wholeness s from 0 to 1: 1 in its good range, 0.4 at its critical bound, 0 at the end of its
range, linear in between. With the weights w below,

    level = 100 · Σ w·s / Σ w

A value contributes 100 · w·s / Σ w points; a change of the level is the sum of the changes of these points.

An agent sees the level scaled by its own state:

    seen = level · standing · (1 − load / 4)

The standing is 1 for an active agent, 0.7 degraded, 0.5 stale, 0.3 down. State and load are as measured, or
as last reported by an external agent. An unknown load counts as 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from state.agents import AgentStatus, AgentView
from state.models import METRICS, UCF

WEIGHTS: Final[Mapping[str, float]] = {
    "harmony": 3.0,
    "resilience": 2.0,
    "prana": 2.0,
    "drishti": 2.0,
    "klesha": 2.0,
    "zoom": 1.0,
}
# The lowest level of each band.
BANDS: Final = (
    (95, "radiant"),
    (80, "lucid"),
    (60, "aware"),
    (40, "waking"),
    (20, "stirring"),
    (0, "asleep"),
)
STANDING: Final[Mapping[AgentStatus, float]] = {"active": 1.0, "degraded": 0.7, "stale": 0.5, "down": 0.3}
LOAD_DIMS: Final = 0.25
_AT_CRITICAL: Final = 0.4


@dataclass(frozen=True, slots=True)
class Part:
    """The points of one value, their maximum, and their change in 24 hours (None if unknown)."""

    metric: str
    points: float
    most: float
    moved: float | None


@dataclass(frozen=True, slots=True)
class Level:
    """The level now.

    Attributes:
        value: 0 to 100, as `agent` sees it; the same as `whole` without an agent.
        whole: 0 to 100, for the collective.
        moved: the change of `whole` in 24 hours, in points; None if unknown.
        parts: the largest change first.
    """

    value: float
    whole: float
    band: str
    moved: float | None
    parts: tuple[Part, ...]
    agent: AgentView | None


def wholeness(metric: str, value: float) -> float:
    """The wholeness of a value, 0 to 1."""
    spec = METRICS[metric]
    if value < spec.good_low:
        critical = spec.low if spec.critical_low is None else spec.critical_low
        return _between(value, spec.low, critical, spec.good_low)
    if value > spec.good_high:
        critical = spec.high if spec.critical_high is None else spec.critical_high
        return _between(-value, -spec.high, -critical, -spec.good_high)
    return 1.0


def level_of(ucf: UCF) -> float:
    """The level of a field, 0 to 100."""
    # Rounding errors can push the sum slightly above 100.
    return min(100.0, sum(_points(name, ucf) for name in WEIGHTS))


def clarity(agent: AgentView) -> float:
    """The factor by which an agent sees the level, 0 to 1."""
    return STANDING[agent.status] * (1 - LOAD_DIMS * min(1.0, max(0.0, agent.load or 0.0)))


def build_level(ucf: UCF, day_ago: UCF | None, agent: AgentView | None = None) -> Level:
    """The level, its band, and what changed it."""
    whole = level_of(ucf)
    value = whole if agent is None else whole * clarity(agent)
    parts = [_part(name, ucf, day_ago) for name in WEIGHTS]
    parts.sort(key=lambda part: -abs(part.moved or 0.0))
    return Level(
        value=value,
        whole=whole,
        band=band_of(value),
        moved=None if day_ago is None else whole - level_of(day_ago),
        parts=tuple(parts),
        agent=agent,
    )


def band_of(level: float) -> str:
    """The band of a level."""
    return next(name for least, name in BANDS if level >= least or least == 0)


def _part(name: str, ucf: UCF, day_ago: UCF | None) -> Part:
    points = _points(name, ucf)
    most = 100 * WEIGHTS[name] / sum(WEIGHTS.values())
    return Part(name, points, most, None if day_ago is None else points - _points(name, day_ago))


def _points(name: str, ucf: UCF) -> float:
    return 100 * WEIGHTS[name] * wholeness(name, getattr(ucf, name)) / sum(WEIGHTS.values())


def _between(value: float, end: float, critical: float, good: float) -> float:
    if value < critical:
        return _AT_CRITICAL * (value - end) / (critical - end)
    return _AT_CRITICAL + (1 - _AT_CRITICAL) * (value - critical) / (good - critical)
