"""The records of rituals, and their errors."""

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
    """The shared state that a ritual starts from or is applied to."""

    version: int
    ucf: UCF
    folklore: Mapping[str, Lore]


class Finish(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a finished ritual.

    Attributes:
        before: the state it was applied to: the newest at its end, with edits made meanwhile.
        anomalies: how often each kind came.
        promotions: such as "flare: legend".
    """

    before: Ground
    ucf: UCF
    folklore: Mapping[str, Lore]
    anomalies: Mapping[str, int]
    promotions: tuple[str, ...]


class RitualRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One ritual as stored.

    Attributes:
        seed: of the generator; `algorithm` says how it draws.
        key: its idempotency key, if any.
        place: where it was held, for rituals that are limited per place.
        actor: who or what started it.
        start: the state at its start.
        ended_at: None while it runs.
        step: number of finished steps.
        finish: what it changed; None unless it is done.
        ended_by: who or what cancelled it.
        reason: why it was cancelled, as that person or the system says.
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
    """The running ritual, with the fields of a record that has not ended; `step` of `steps` are done."""

    id: int
    kind: RitualKind
    steps: int
    step: int
    started_at: datetime
    status: RitualStatus = "running"
    ended_at: datetime | None = None


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a replay.

    Attributes:
        record: the ritual as stored.
        ucf: the result of the replay.
        differences: each number that differs, in words; empty if none does.
    """

    record: RitualRecord
    ucf: UCF
    differences: tuple[str, ...]

    @property
    def matches(self) -> bool:
        """Whether all numbers are equal."""
        return not self.differences


class WrongSteps(HelixError):
    """The number of steps is not valid."""


class RitualRunning(HelixError):
    """A ritual is running already; the text says how far it is.

    Attributes:
        running: the running ritual.
    """

    def __init__(self, running: RunningRitual) -> None:
        self.running = running
        super().__init__(
            f"Ritual {running.id} is running, at step {running.step} of {running.steps}. "
            "Only one runs at a time: try again when it is done. The person who started it, or a mod, can"
            " stop it with the button of `/rituals`."
        )


class RitualCancelled(HelixError):
    """The ritual ended early; UCF and folklore are unchanged.

    Attributes:
        record: as stored, with who cancelled it and why.
    """

    def __init__(self, record: RitualRecord) -> None:
        self.record = record
        how = "could not be saved, and ended" if record.status == "failed" else f"was {record.status}"
        super().__init__(
            f"Ritual {record.id} {how} at step {record.step} of {record.steps}. "
            "The field and the folklore are unchanged."
        )


class UnknownRitual(HelixError):
    """There is no ritual with this id."""


class NoReplay(HelixError):
    """The ritual did not finish, so it cannot be replayed."""


def check_steps(steps: int) -> int:
    """Returns `steps` if it is valid.

    Raises:
        WrongSteps: it is not from 1 to 1000.
    """
    if not LEAST_STEPS <= steps <= MOST_STEPS:
        shown = steps if abs(steps) < 10**9 else "that"
        raise WrongSteps(f"`steps` must be a whole number from {LEAST_STEPS} to {MOST_STEPS}, not {shown}.")
    return steps
