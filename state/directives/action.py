"""The definition of an action: name, usage, parser, and what it gets when it runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

import msgspec

from core.errors import HelixError
from state.change import Actor
from state.directives.policy import Rank
from state.directives.records import Directive, WrongDirective
from state.events import OutEvent

if TYPE_CHECKING:
    from core.runtime.kernel import Kernel
    from core.store import Store
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
    """The action did not begin and is queued again; the text says why."""


class Withdrawn(HelixError):
    """Somebody cancelled the action, and it had no effect."""


class Outcome(msgspec.Struct, frozen=True):
    """The result of an action.

    Attributes:
        result: one line, without names of people.
        event: an event to send, stored with the directive's end, so that it is sent once.
    """

    result: str
    event: OutEvent | None = None


class Parts(msgspec.Struct, frozen=True):
    """The parts of the collective that actions use."""

    kernel: Kernel
    database: Store
    journal: Journal
    alerts: Alerts
    rituals: Rituals
    contexts: Contexts
    probes: ServiceProbes
    backups: Backups
    retention: Retention
    reports: Reports


class Work(msgspec.Struct, frozen=True):
    """What a running action gets.

    Attributes:
        directive: the directive; its `key` makes an effect happen once.
        actor: the actor for the journal: the asker, with the cause "directive".
        halted: whether Manus is halted now.
        log: adds a line to the directive's log.
        report_progress: reports progress to watchers: step, steps.
    """

    parts: Parts
    directive: Directive
    actor: Actor
    halted: Callable[[], bool]
    log: Callable[[str], Awaitable[None]]
    report_progress: Callable[[int, int], None]

    def report_phase(self, done: int, total: int, _note: str) -> None:
        """Reports progress without its note."""
        self.report_progress(done, total)


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """One registered action.

    Attributes:
        usage: its arguments, as in usage lines; empty if it has none.
        examples: whole directives, offered for autocompletion.
        needed: the rank that its asker needs.
        parse: parses the text after the name; raises `HelixError`. None: there must be no text.
        run: performs it; run again after a kill, it must not repeat its effect.
    """

    name: str
    usage: str = ""
    summary: str
    examples: tuple[str, ...]
    needed: Rank = Rank.mod
    parse: Callable[[str], Arguments] | None = None
    run: Callable[[Work], Awaitable[Outcome]]

    @property
    def form(self) -> str:
        """Name and arguments."""
        return f"{self.name} {self.usage}".rstrip()

    def parse_arguments(self, text: str) -> Arguments:
        """The arguments in the text after the name.

        Raises:
            HelixError: they are not valid.
        """
        if self.parse is not None:
            return self.parse(text)
        if text:
            raise WrongDirective(f"`{self.name}` has no arguments. Send it alone.")
        return {}
