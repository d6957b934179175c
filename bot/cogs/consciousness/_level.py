"""The level of consciousness, from 0 to 100, computed from the UCF.

Each value has a wholeness s from 0 to 1: 1 where it is good, 0.4 at its critical bound, 0 at the far end of
its range, and straight lines between these. With the weights w below,

    level = 100 · Σ w·s / Σ w

so a value's part of the level is 100 · w·s / Σ w points, and what moved the level is the parts' difference.

Seen from an agent, the level is dimmed by how clearly that agent sees now:

    seen = level · standing · (1 − load / 4)

with standing 1 for an active agent, 0.7 degraded, 0.5 stale, 0.3 down, 0 where its subsystem is not built;
all of it as measured (or, of an external agent, last reported). An unknown load counts as none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from state.agents import AgentStatus, AgentView
from state.models import METRICS, UCF

WEIGHTS: Final[Mapping[str, float]] = MappingProxyType(
    {"harmony": 3.0, "resilience": 2.0, "prana": 2.0, "drishti": 2.0, "klesha": 2.0, "zoom": 1.0}
)
# From which level on each band begins.
BANDS: Final = (
    (95, "radiant"),
    (80, "lucid"),
    (60, "aware"),
    (40, "waking"),
    (20, "stirring"),
    (0, "asleep"),
)
STANDING: Final[Mapping[AgentStatus, float]] = MappingProxyType(
    {"active": 1.0, "degraded": 0.7, "stale": 0.5, "down": 0.3}
)
LOAD_DIMS: Final = 0.25
_AT_CRITICAL: Final = 0.4


@dataclass(frozen=True, slots=True)
class Part:
    """One value's part of the level, in points, and of how many at most; `moved` since 24 hours ago."""

    metric: str
    points: float
    most: float
    moved: float | None


@dataclass(frozen=True, slots=True)
class Level:
    """The level now.

    Attributes:
        value: 0 to 100, as seen by `agent`, or whole where that is None.
        whole: 0 to 100, whoever looks.
        moved: by how many points the whole moved since 24 hours ago; None where nothing is known of then.
        parts: the largest move first.
    """

    value: float
    whole: float
    band: str
    moved: float | None
    parts: tuple[Part, ...]
    agent: AgentView | None


def wholeness(metric: str, value: float) -> float:
    """How whole a value is, 0 to 1."""
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
    # The parts are rounded one by one, and may come to a hair more than the whole.
    return min(100.0, sum(_points(name, ucf) for name in WEIGHTS))


def clarity(agent: AgentView) -> float:
    """How clearly an agent sees, 0 to 1."""
    return STANDING[agent.status] * (1 - LOAD_DIMS * min(1.0, max(0.0, agent.load or 0.0)))


def build_level(ucf: UCF, day_ago: UCF | None, agent: AgentView | None = None) -> Level:
    """The level now, its band, and what moved it."""
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
    """The band a level lies in."""
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
