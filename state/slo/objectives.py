"""What Helix promises, and the record of where that stands."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from core.clock import Moment

PromiseName = Literal[
    "error_rate", "uptime", "deliveries", "command_p95",
    "mean_response", "response_p95", "hit_rate", "broadcast_p95",
]  # fmt: skip
Unit = Literal["ratio", "seconds"]


class Target(msgspec.Struct, frozen=True):
    """What is promised.

    Attributes:
        comparison: whether the measured value is to be below or above `target`.
        least: with fewer samples there is no value: one failure in ten is bad luck.
    """

    name: PromiseName
    title: str
    comparison: Literal["<", ">"]
    target: float
    unit: Unit
    least: int


# The numbers are those of http.md, "Reading", /slo.
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


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """One promise and where it stands.

    Attributes:
        value: in `unit`; null with too few samples.
        met: null where there is no value.
        samples: how many requests, deliveries … it was measured by; of the uptime, minutes.
    """

    name: PromiseName
    title: str
    comparison: Literal["<", ">"]
    target: float
    unit: Unit
    value: float | None
    met: bool | None
    samples: int


class SloReport(msgspec.Struct, frozen=True, kw_only=True):
    """All promises over the last 24 hours, or since the first start where that is later.

    Attributes:
        met: false where any promise is broken; null where none can be judged yet.
    """

    since: Moment
    until: Moment
    met: bool | None
    promises: tuple[Promise, ...]

    @property
    def missed(self) -> tuple[PromiseName, ...]:
        """The names of those that are broken."""
        return tuple(promise.name for promise in self.promises if promise.met is False)


def judge(target: Target, value: float | None, samples: int) -> Promise:
    """Holds a measured value against what is promised."""
    if samples < target.least:
        value = None
    met = None
    if value is not None:
        met = value < target.target if target.comparison == "<" else value > target.target
    return Promise(
        name=target.name,
        title=target.title,
        comparison=target.comparison,
        target=target.target,
        unit=target.unit,
        value=value,
        met=met,
        samples=samples,
    )
