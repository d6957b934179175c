"""The records of directives, and their errors."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal, get_args

import msgspec

from core.errors import HelixError
from core.store import Reply
from state.change import Actor
from state.directives.policy import Rank

DirectiveStatus = Literal["queued", "running", "done", "failed", "refused", "cancelled"]
STATUSES: Final[tuple[DirectiveStatus, ...]] = get_args(DirectiveStatus)
OPEN: Final[tuple[DirectiveStatus, ...]] = ("queued", "running")


class UnknownDirective(HelixError):
    """There is no directive with that id, or it was deleted as too old."""


class NotQueued(HelixError):
    """The directive is no longer queued, so it cannot be cancelled."""


class WrongDirective(HelixError):
    """The arguments are not valid for the action; the text gives the usage."""


class LogLine(msgspec.Struct, frozen=True):
    """One line of a directive's log."""

    at: datetime
    text: str


class Directive(msgspec.Struct, frozen=True, kw_only=True):
    """One directive.

    Attributes:
        text: as requested, on one line.
        arguments: the parsed arguments, as JSON types.
        rank: what the asker was allowed at the time of the request.
        actor: who asked, and by which way.
        result: the result, or why there is none; None while it is open.
        attempts: how often it was started; more than once if the process was killed.
        started_at: when it was first started.
        step: progress while it runs; `steps` is the total.
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
        """The idempotency key of its effect."""
        return f"directive:{self.id}"


class Halt(msgspec.Struct, frozen=True, kw_only=True):
    """A halt of Manus: since when, by whom, and why."""

    since: datetime
    actor: Actor
    reason: str | None = None


class DirectivesChanged(msgspec.Struct, frozen=True):
    """A directive was queued or started, or Manus was halted or resumed.

    Attributes:
        directive: None if Manus was halted or resumed.
        queued: number of queued directives.
        halted: whether Manus is halted.
    """

    directive: Directive | None
    queued: int
    halted: bool


class Halted(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a halt.

    Attributes:
        first: False if Manus was halted already.
        cancelled: the ritual that this process cancelled, as text.
        running: the directive that this process finishes first, as text.
        replies: what every process that shares the store answered, this one first.
    """

    first: bool
    cancelled: str | None = None
    running: str | None = None
    replies: tuple[Reply, ...] = ()
