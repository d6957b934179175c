"""What an action is: its name and usage, how it is read, and what it is given when it runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from core.errors import HelixError
from state.change import Actor
from state.directives.policy import Rank
from state.directives.records import Directive
from state.events import OutEvent

if TYPE_CHECKING:
    from core.runtime.kernel import Kernel
    from core.store import Database
    from state.alerts import Alerts
    from state.backups import Backups
    from state.contexts import Contexts
    from state.journal import Journal
    from state.privacy.retention import Retention
    from state.reports import Reports
    from state.rituals import Rituals
    from state.services import ServiceProbes

Arguments = Mapping[str, object]


class Postponed(HelixError):
    """It did not begin yet, and waits again; the text says why."""


class Withdrawn(HelixError):
    """Somebody ended it early, and nothing of it is left."""


class Outcome(msgspec.Struct, frozen=True):
    """What an action came to.

    Attributes:
        result: one line, without anybody's name.
        event: an event that is sent out on purpose, kept with the directive's end, and so sent once.
    """

    result: str
    event: OutEvent | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of the collective that actions use."""

    kernel: Kernel
    database: Database
    journal: Journal
    alerts: Alerts
    rituals: Rituals
    contexts: Contexts
    probes: ServiceProbes
    backups: Backups
    retention: Retention
    reports: Reports


@dataclass(frozen=True, slots=True)
class Work:
    """What a running action is given.

    Attributes:
        directive: the directive; its `key` is what makes an effect happen once.
        actor: in whose name things are journalled: the asker's, by way of a directive.
        halted: whether Manus is halted now.
        log: adds a line to the directive's log.
        tell: says how far it is, for whoever watches: step, steps.
    """

    parts: Parts
    directive: Directive
    actor: Actor
    halted: Callable[[], bool]
    log: Callable[[str], Awaitable[None]]
    tell: Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One registered action.

    Attributes:
        usage: its arguments, as usage lines write them; empty where it takes none.
        examples: whole directives that are offered while one is typed.
        needed: what its asker must be allowed.
        parse: reads the arguments from what follows the name, or raises `HelixError`.
        run: does it; begun again after a kill, it must not double its effect.
    """

    name: str
    usage: str = ""
    summary: str
    examples: tuple[str, ...]
    needed: Rank = Rank.mod
    parse: Callable[[str], Arguments]
    run: Callable[[Work], Awaitable[Outcome]]

    @property
    def form(self) -> str:
        """Name and arguments."""
        return f"{self.name} {self.usage}".rstrip()
