"""The records of the shared state: immutable, and validated when created."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from core.errors import HelixError
from core.suggestions import closest
from core.text.numbers import plain

Judgement = Literal["good", "fair", "critical"]
ReportStatus = Literal["active", "degraded", "down"]


class InvalidUCF(HelixError, ValueError):
    """Values that are not a valid UCF.

    Attributes:
        problems: what is wrong with each field, by name.
    """

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__("; ".join(self.problems.values()))


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """One of the six values and its bounds.

    Attributes:
        meaning: a plain word for it.
        low: least allowed value.
        high: greatest allowed value.
        good_low: good from here up.
        good_high: good up to here.
        critical_low: critical below this; None if a low value is never critical.
        critical_high: critical above this; None if a high value is never critical.
    """

    name: str
    meaning: str
    low: float
    high: float
    good_low: float
    good_high: float
    critical_low: float | None
    critical_high: float | None


METRICS: Final[Mapping[str, Metric]] = MappingProxyType(
    {
        metric.name: metric
        for metric in (
            Metric(
                name="harmony", meaning="accord", low=0.0, high=2.0,
                good_low=0.7, good_high=2.0, critical_low=0.3, critical_high=None,
            ),
            Metric(
                name="resilience", meaning="strength", low=0.0, high=2.0,
                good_low=1.0, good_high=2.0, critical_low=0.5, critical_high=None,
            ),
            Metric(
                name="prana", meaning="energy", low=0.0, high=1.0,
                good_low=0.5, good_high=1.0, critical_low=0.2, critical_high=None,
            ),
            Metric(
                name="drishti", meaning="focus", low=0.0, high=1.0,
                good_low=0.5, good_high=1.0, critical_low=0.3, critical_high=None,
            ),
            Metric(
                name="klesha", meaning="friction", low=0.0, high=1.0,
                good_low=0.0, good_high=0.3, critical_low=None, critical_high=0.7,
            ),
            Metric(
                name="zoom", meaning="scope", low=0.0, high=2.0,
                good_low=0.8, good_high=1.2, critical_low=0.5, critical_high=1.8,
            ),
        )
    }
)  # fmt: skip


class UCF(msgspec.Struct, frozen=True, kw_only=True):
    """The Universal Coherence Field: six finite numbers within the bounds of `METRICS`.

    Raises:
        InvalidUCF: a value is not a number or out of range; also from `msgspec.structs.replace`.
    """

    harmony: float
    resilience: float
    prana: float
    drishti: float
    klesha: float
    zoom: float

    def __post_init__(self) -> None:
        problems = {}
        for name in METRICS:
            value: object = getattr(self, name)
            problem = _problem(name, value)
            if problem is not None:
                problems[name] = problem
            elif isinstance(value, int) or value == 0.0:
                # Equal values get one form: 1 becomes 1.0, and -0.0 becomes 0.0.
                msgspec.structs.force_setattr(self, name, float(value) + 0.0)
        if problems:
            raise InvalidUCF(problems)

    def as_dict(self) -> dict[str, float]:
        """The six values by name, in the order of `METRICS`."""
        return {name: getattr(self, name) for name in METRICS}


class AgentReport(msgspec.Struct, frozen=True, kw_only=True):
    """The last heartbeat of an external agent.

    Attributes:
        task: what it says it is doing.
        load: how busy it is, 0 to 1.
        reported_at: when it was reported; it becomes stale after the setting AGENT_TTL.
    """

    agent: str
    status: ReportStatus
    reported_at: datetime
    task: str | None = None
    load: float | None = None


class Lore(msgspec.Struct, frozen=True, kw_only=True):
    """The folklore about one kind of anomaly.

    Attributes:
        kind: "flare", "void", "echo" or "resonance".
        encounters: number of finished rituals in which it was met.
        last_seen: when it was last met.
    """

    kind: str
    encounters: int
    last_seen: datetime


_NO_LORE: Final[Mapping[str, Lore]] = MappingProxyType({})


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """The shared state at one version; versions only grow.

    Attributes:
        source: what made this version: "default", "file", "tune", "ritual" …
        reports: the external agents' heartbeats by agent name; read-only.
        folklore: the lore of each kind of anomaly that was ever met, by kind; read-only.
    """

    version: int
    changed_at: datetime
    source: str
    ucf: UCF
    reports: Mapping[str, AgentReport]
    folklore: Mapping[str, Lore] = _NO_LORE

    def __post_init__(self) -> None:
        for name in ("reports", "folklore"):
            records = getattr(self, name)
            if not isinstance(records, MappingProxyType):
                msgspec.structs.force_setattr(self, name, MappingProxyType(dict(records)))


def validate_ucf(values: Mapping[str, object]) -> UCF:
    """The UCF with exactly the six named values.

    Raises:
        InvalidUCF: fields are missing, unknown, not numbers or out of range; it names each of them.
    """
    problems: dict[str, str] = {}
    for name in values:
        if name not in METRICS:
            guess = closest(name, METRICS)
            hint = f"did you mean {guess}?" if guess else f"known are {', '.join(METRICS)}"
            problems[name] = f"unknown field {name[:64]!r}: {hint}"
    for name in METRICS:
        problem = _problem(name, values[name]) if name in values else f"{name} is missing"
        if problem is not None:
            problems[name] = problem
    if problems:
        raise InvalidUCF(problems)
    return msgspec.convert(dict(values), UCF)


def judge(metric: str, value: float) -> Judgement:
    """Judges a value of a metric; the bounds themselves are good, and not critical."""
    spec = METRICS[metric]
    too_low = spec.critical_low is not None and value < spec.critical_low
    too_high = spec.critical_high is not None and value > spec.critical_high
    if too_low or too_high:
        return "critical"
    return "good" if spec.good_low <= value <= spec.good_high else "fair"


def _problem(name: str, value: object) -> str | None:
    spec = METRICS[name]
    wanted = f"{name} must be a number between {plain(spec.low)} and {plain(spec.high)}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"{wanted}, not {_shown(value)}"
    if isinstance(value, float) and not math.isfinite(value):
        return f"{wanted}, not {value}"
    if not spec.low <= value <= spec.high:
        return f"{wanted}, not {_shown(value)}"
    return None


def _shown(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    if isinstance(value, float):
        return f"{plain(value)}"
    if isinstance(value, int):
        return str(value) if abs(value) < 10**12 else "so large a number"
    return "a list" if isinstance(value, list) else "an object"


DEFAULT_UCF: Final = UCF(harmony=0.5, resilience=1.0, prana=0.5, drishti=0.5, klesha=0.1, zoom=1.0)
