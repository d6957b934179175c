"""The records of directives: what was asked for, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal

import msgspec

from core.errors import HelixError
from state.change import Actor
from state.directives.policy import Rank

DirectiveStatus = Literal["queued", "running", "done", "failed", "refused", "cancelled"]
STATUSES: Final[tuple[DirectiveStatus, ...]] = (
    "queued", "running", "done", "failed", "refused", "cancelled",
)  # fmt: skip
OPEN: Final[tuple[DirectiveStatus, ...]] = ("queued", "running")


class UnknownDirective(HelixError):
    """No directive has that number, or it is so old that it was forgotten."""


class NotQueued(HelixError):
    """The directive no longer waits, so it cannot be taken back."""


class WrongDirective(HelixError):
    """A directive with arguments that its action does not take; the text gives the usage."""


class LogLine(msgspec.Struct, frozen=True):
    """One line of a directive's log."""

    at: datetime
    text: str


class Directive(msgspec.Struct, frozen=True, kw_only=True):
    """One directive.

    Attributes:
        text: as it was asked for, on one line.
        arguments: what the action read from it; JSON-able.
        rank: what its asker was allowed at that moment.
        actor: who asked, and by what way.
        result: what came of it, or why nothing did; None while it is open.
        attempts: how often it was begun; more than once where a kill came in between.
        started_at: when it was first begun.
        step: while it runs and counts, how far it is; `steps` is where that ends.
    """

    id: int
    text: str
    action: str
    arguments: Mapping[str, object]
    rank: Rank
    actor: Actor
    status: DirectiveStatus
    attempts: int
    queued_at: datetime
    result: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    step: int = 0
    steps: int = 0

    @property
    def open(self) -> bool:
        """Whether it waits or runs."""
        return self.status in OPEN

    @property
    def key(self) -> str:
        """Under which its effect happens once, however often it is begun."""
        return f"directive:{self.id}"


class Halt(msgspec.Struct, frozen=True, kw_only=True):
    """That Manus rests: since when, by whom, and why."""

    since: datetime
    actor: Actor
    reason: str | None = None


class DirectivesChanged(msgspec.Struct, frozen=True):
    """A directive was queued or begun, or Manus was halted or resumed.

    Attributes:
        directive: None where Manus was halted or resumed.
        queued: how many wait.
        halted: whether Manus is halted.
    """

    directive: Directive | None
    queued: int
    halted: bool
