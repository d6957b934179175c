"""What a check of the self-test is, and what comes of it."""

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
    """What the checks are run on.

    Attributes:
        actor: who asked for the self-test; in whose name the marker is journalled.
    """

    bot: HelixBot
    actor: Actor


class Finding(msgspec.Struct, frozen=True):
    """What a check found; `text` says more, for a person."""

    outcome: Outcome = "pass"
    text: str = ""


@dataclass(frozen=True, slots=True)
class NamedCheck:
    """One check.

    Attributes:
        group: what it is counted under, such as "Routes".
        run: gives what it found; what it raises is a failure, with the text of a `HelixError`.
        timeout_s: after so many seconds it has failed.
    """

    group: str
    name: str
    run: Callable[[Bench], Awaitable[Finding]]
    timeout_s: float = 5.0


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """How one check went."""

    group: str
    name: str
    outcome: Outcome
    took_s: float
    text: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """How a self-test went, as it is written down.

    Attributes:
        outcome: "fail" where at least one check failed. A warning is no failure, nor is what was skipped.
        counts: how many ended how.
    """

    outcome: Literal["pass", "fail"]
    begun_at: datetime
    took_s: float
    version: str
    counts: Mapping[Outcome, int]
    results: tuple[Result, ...]

    @property
    def name(self) -> str:
        """What its files are called, but for their endings."""
        return f"self-test-{self.begun_at:%Y%m%dT%H%M%S.%fZ}"

    def ended(self, outcome: Outcome) -> tuple[Result, ...]:
        """The results with this outcome."""
        return tuple(result for result in self.results if result.outcome == outcome)
