"""The records of rituals, and the errors that people are told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import msgspec

from core.errors import HelixError
from state.change import Actor
from state.models import UCF, Lore
from state.rituals.rules import LEAST_STEPS, MOST_STEPS, RitualKind

RitualStatus = Literal["running", "done", "cancelled", "interrupted", "failed"]


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """What a ritual stands on: the shared state at one version."""

    version: int
    ucf: UCF
    folklore: Mapping[str, Lore]


class Finish(msgspec.Struct, frozen=True, kw_only=True):
    """How a ritual ended that was done.

    Attributes:
        before: what it was applied to: the newest state at its end, with the edits made meanwhile.
        anomalies: how often each kind came.
        promotions: such as "flare: legend".
    """

    before: Ground
    ucf: UCF
    folklore: Mapping[str, Lore]
    anomalies: Mapping[str, int]
    promotions: tuple[str, ...]


class RitualRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One ritual as it was kept.

    Attributes:
        seed: of the generator; `algorithm` says how it is drawn from.
        key: what makes it happen once, where it has one.
        place: where it was held, for rituals of which only so many may be held there.
        actor: who or what began it.
        start: the state when it began.
        ended_at: None while it runs.
        step: how far it came.
        finish: what it changed; None unless it is done.
        ended_by: who or what cancelled it.
        reason: why it was cancelled, in that person's words, or the system's.
    """

    id: int
    kind: RitualKind
    steps: int
    seed: int
    algorithm: int
    status: RitualStatus
    started_at: datetime
    actor: Actor
    start: Ground
    key: str | None = None
    place: str | None = None
    ended_at: datetime | None = None
    step: int = 0
    finish: Finish | None = None
    ended_by: Actor | None = None
    reason: str | None = None


class RunningRitual(msgspec.Struct, frozen=True, kw_only=True):
    """The ritual under way: `step` of `steps` are done. It reads as a record does that has no end yet."""

    id: int
    kind: RitualKind
    steps: int
    step: int
    started_at: datetime
    status: RitualStatus = "running"
    ended_at: datetime | None = None


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """A ritual played again from its id.

    Attributes:
        record: as it was kept.
        ucf: what comes out now.
        differences: each number that is not the same, in words; empty where all are.
    """

    record: RitualRecord
    ucf: UCF
    differences: tuple[str, ...]

    @property
    def matches(self) -> bool:
        """Whether the numbers are the same."""
        return not self.differences


class WrongSteps(HelixError):
    """A number of steps that no ritual has."""


class RitualRunning(HelixError):
    """One runs already; the text says how far it is.

    Attributes:
        running: that one.
    """

    def __init__(self, running: RunningRitual) -> None:
        self.running = running
        super().__init__(
            f"Ritual {running.id} is running, at step {running.step} of {running.steps}. "
            "There is one at a time: try again when it is done. Whoever began it, or a mod, stops it with"
            " the button of `/rituals`."
        )


class RitualCancelled(HelixError):
    """It ended early; the UCF and the folklore are as they were.

    Attributes:
        record: as it was kept, with who cancelled it and why.
    """

    def __init__(self, record: RitualRecord) -> None:
        self.record = record
        how = "could not be kept, and ended" if record.status == "failed" else f"was {record.status}"
        super().__init__(
            f"Ritual {record.id} {how} at step {record.step} of {record.steps}. "
            "The field and the folklore are as they were."
        )


class UnknownRitual(HelixError):
    """There is no ritual with this id."""


class NoReplay(HelixError):
    """A ritual that changed nothing cannot be played again."""


def check_steps(steps: int) -> int:
    """`steps`, when a ritual can have so many.

    Raises:
        WrongSteps: it is not from 1 to 1000.
    """
    if not LEAST_STEPS <= steps <= MOST_STEPS:
        shown = steps if abs(steps) < 10**9 else "that"
        raise WrongSteps(f"`steps` is a whole number from {LEAST_STEPS} to {MOST_STEPS}, not {shown}.")
    return steps
