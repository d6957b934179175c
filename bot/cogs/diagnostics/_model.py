"""A check of the self-test, its result, and the report."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from bot.parts import HelixBot
    from state.change import Actor

Outcome = Literal["pass", "warn", "fail", "skipped"]


@dataclass(frozen=True, slots=True)
class Bench:
    """What the checks run on.

    Attributes:
        actor: who started the self-test; the marker is journalled under this name.
    """

    bot: HelixBot
    actor: Actor


class Finding(msgspec.Struct, frozen=True):
    """What a check found; `text` explains it."""

    outcome: Outcome = "pass"
    text: str = ""


@dataclass(frozen=True, slots=True)
class NamedCheck:
    """One check.

    Attributes:
        group: the heading in the report, such as "Routes".
        run: returns the finding; an exception is a failure, described by the text of a `HelixError`.
        timeout_s: the check fails after this many seconds.
    """

    group: str
    name: str
    run: Callable[[Bench], Awaitable[Finding]]
    timeout_s: float = 5.0


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one check."""

    group: str
    name: str
    outcome: Outcome
    took_s: float
    text: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a self-test, as it is saved.

    Attributes:
        outcome: "fail" if a check failed; warnings and skipped checks do not count.
        counts: the number of checks per outcome.
    """

    outcome: Literal["pass", "fail"]
    begun_at: datetime
    took_s: float
    version: str
    counts: Mapping[Outcome, int]
    results: tuple[Result, ...]

    @property
    def name(self) -> str:
        """The name of its files, without the suffix."""
        return f"self-test-{self.begun_at:%Y%m%dT%H%M%S.%fZ}"

    def ended(self, outcome: Outcome) -> tuple[Result, ...]:
        """The results with this outcome."""
        return tuple(result for result in self.results if result.outcome == outcome)
