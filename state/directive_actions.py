"""What a directive may ask for: registered actions, each bound to a part of the collective. Never a shell."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import msgspec

from state import event_samples
from state.change import Actor
from state.directive_records import Directive, WrongDirective
from state.policy import Rank

if TYPE_CHECKING:
    from state.collective import Collective

Arguments = Mapping[str, object]

_SOME_MOMENT: Final = datetime(2000, 1, 1, tzinfo=UTC)


class Outcome(msgspec.Struct, frozen=True):
    """What an action came to.

    Attributes:
        result: one line, without anybody's name.
        announce: called once the directive is kept as done, and so at most once.
    """

    result: str
    announce: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """What a running action is given.

    Attributes:
        directive: the directive; its `key` is what makes an effect happen once.
        actor: in whose name things are journalled: the asker's, by way of a directive.
        log: adds a line to the directive's log.
        tell: says how far it is, for whoever watches: step, steps.
    """

    collective: Collective
    directive: Directive
    actor: Actor
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


def parse_directive(text: str) -> tuple[str, str]:
    """The name of the action, folded, and what follows it.

    Raises:
        WrongDirective: there is nothing.
    """
    name, _, rest = text.strip().partition(" ")
    if not name:
        raise WrongDirective(f"A directive is one of: {', '.join(f'`{one.form}`' for one in ACTIONS)}.")
    return name.casefold(), rest.strip()


def _nothing(name: str) -> Callable[[str], Arguments]:
    def parse(rest: str) -> Arguments:
        if rest:
            raise WrongDirective(f"`{name}` takes nothing more.")
        return {}

    return parse


def _event(rest: str) -> Arguments:
    name, _, data = rest.partition(" ")
    if not name:
        raise WrongDirective("Which event? It goes `emit <event> [json]`, such as `emit report.ready`.")
    # Built once to see that it can be: what cannot is told while somebody listens.
    event_samples.build_from_text(name, data, _SOME_MOMENT)
    return {"event": event_samples.find_type(name), "data": data.strip()}


async def _heartbeat(work: Work) -> Outcome:
    probes = work.collective.probes
    total, done = len(probes.services), 0
    if not total:
        return Outcome("No service is listed in services.json.")

    def count(_result: object) -> None:
        nonlocal done
        done += 1
        work.tell(done, total)

    results = await probes.probe_all(count)
    for result in results:
        if not result.ok:
            await work.log(f"{result.name}: {result.error or f'HTTP {result.status_code}'}")
    well = sum(result.ok for result in results)
    return Outcome(f"{well} of {len(results)} services are well.")


async def _emit(work: Work) -> Outcome:
    kernel = work.collective.kernel
    name, data = str(work.directive.arguments["event"]), str(work.directive.arguments["data"])
    event = event_samples.build_from_text(name, data, kernel.clock.now())

    def announce() -> None:
        event_samples.announce_test(kernel.broadcaster, event)

    return Outcome(f"{name} handed to whoever listens, marked as a test.", announce)


ACTIONS: Final[tuple[Action, ...]] = (
    Action(
        name="heartbeat",
        summary="Probes every service of services.json.",
        examples=("heartbeat",),
        parse=_nothing("heartbeat"),
        run=_heartbeat,
    ),
    Action(
        name="emit",
        usage="<event> [json]",
        summary="Sends an event to whoever listens, marked as a test.",
        examples=tuple(f"emit {name}" for name in event_samples.event_types()),
        needed=Rank.admin,
        parse=_event,
        run=_emit,
    ),
)
BY_NAME: Final = MappingProxyType({action.name: action for action in ACTIONS})
NEEDED: Final = MappingProxyType({action.name: action.needed for action in ACTIONS})
