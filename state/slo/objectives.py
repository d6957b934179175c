"""The objectives (SLOs) of Helix, and the records of their report."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from core.clock import Moment

ObjectiveName = Literal[
    "error_rate", "uptime", "deliveries", "command_p95",
    "mean_response", "response_p95", "hit_rate", "broadcast_p95",
]  # fmt: skip
Unit = Literal["ratio", "seconds"]


class Target(msgspec.Struct, frozen=True):
    """One objective.

    Attributes:
        comparison: whether the measured value has to be below or above `target`.
        least: with fewer samples there is no value: one failure in ten may be chance.
    """

    name: ObjectiveName
    title: str
    comparison: Literal["<", ">"]
    target: float
    unit: Unit
    least: int


# The numbers are documented in docs/api.md, "Objectives".
TARGETS: Final = (
    Target("error_rate", "Error rate", "<", 0.001, "ratio", 100),
    Target("uptime", "Uptime", ">", 0.999, "ratio", 10),
    Target("deliveries", "Deliveries", ">", 0.995, "ratio", 20),
    Target("command_p95", "Command p95", "<", 2.0, "seconds", 20),
    Target("mean_response", "Mean response", "<", 0.05, "seconds", 20),
    Target("response_p95", "Response p95", "<", 0.2, "seconds", 20),
    Target("hit_rate", "Hit rate", ">", 0.8, "ratio", 100),
    Target("broadcast_p95", "Broadcast p95", "<", 0.1, "seconds", 20),
)


class Objective(msgspec.Struct, frozen=True, kw_only=True):
    """One objective (SLO) and its present value.

    Attributes:
        value: in `unit`; null with too few samples.
        met: null without a value.
        samples: number of requests, deliveries … behind the value; for the uptime, minutes.
    """

    name: ObjectiveName
    title: str
    comparison: Literal["<", ">"]
    target: float
    unit: Unit
    value: float | None
    met: bool | None
    samples: int


class SloReport(msgspec.Struct, frozen=True, kw_only=True):
    """All objectives over the last 24 hours, or since the first start if that is later.

    Attributes:
        met: false if any objective is missed; null if none can be judged yet.
    """

    since: Moment
    until: Moment
    met: bool | None
    promises: tuple[Objective, ...]

    @property
    def missed(self) -> tuple[ObjectiveName, ...]:
        """The names of the missed objectives."""
        return tuple(objective.name for objective in self.promises if objective.met is False)


def judge(target: Target, value: float | None, samples: int) -> Objective:
    """Compares a measured value with its objective."""
    if samples < target.least:
        value = None
    met = None
    if value is not None:
        met = value < target.target if target.comparison == "<" else value > target.target
    return Objective(
        name=target.name,
        title=target.title,
        comparison=target.comparison,
        target=target.target,
        unit=target.unit,
        value=value,
        met=met,
        samples=samples,
    )
