"""The records of the shared state: immutable, and valid once they exist."""

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
    """Values that are no UCF.

    Attributes:
        problems: what is wrong with each field, by its name.
    """

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__("; ".join(self.problems.values()))


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """One of the six numbers and how it is read.

    Attributes:
        meaning: the plain word for it.
        low: least allowed value.
        high: greatest allowed value.
        good_low: from here up it is good.
        good_high: up to here it is good.
        critical_low: below this it is critical; None where a low value never is.
        critical_high: above this it is critical; None where a high value never is.
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
        InvalidUCF: a value is no number or out of range; also from `msgspec.structs.replace`.
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
                # One value has one form: 1 is kept as 1.0, and -0.0 as 0.0.
                msgspec.structs.force_setattr(self, name, float(value) + 0.0)
        if problems:
            raise InvalidUCF(problems)

    def as_dict(self) -> dict[str, float]:
        """The six numbers by name, in the order of `METRICS`."""
        return {name: getattr(self, name) for name in METRICS}


class AgentReport(msgspec.Struct, frozen=True, kw_only=True):
    """The last heartbeat of an agent that lives outside.

    Attributes:
        task: what it says it is doing.
        load: how busy it is, 0 to 1.
        reported_at: when it said so; it goes stale after the setting AGENT_TTL.
    """

    agent: str
    status: ReportStatus
    reported_at: datetime
    task: str | None = None
    load: float | None = None


class Lore(msgspec.Struct, frozen=True, kw_only=True):
    """What folklore knows of one kind of anomaly.

    Attributes:
        kind: "flare", "void", "echo" or "resonance".
        encounters: in how many finished rituals it was met.
        last_seen: when that last was.
    """

    kind: str
    encounters: int
    last_seen: datetime


_NO_LORE: Final[Mapping[str, Lore]] = MappingProxyType({})


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """The shared state at one version; versions only grow.

    Attributes:
        source: what made this version: "default", "file", "tune", "ritual" …
        reports: the external agents' heartbeats by agent name; cannot be changed.
        folklore: what is known of each anomaly that was ever met, by its kind; cannot be changed.
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
    """The UCF of exactly the six named numbers.

    Raises:
        InvalidUCF: fields are missing, unknown, no numbers or out of range; it names each of them.
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
    """How a value of a metric is: the bounds themselves are good, and not critical."""
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
