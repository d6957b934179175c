"""The hands of Manus, as a test moves them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from core.errors import HelixError
from state.change import Actor
from state.collective import Collective
from state.directives import Directives
from state.directives.action import Action, Arguments, Outcome, Work
from state.directives.policy import Rank
from state.directives.records import Directive, WrongDirective

ADA = Actor("command", "Ada", 5)


MOD = Rank.mod


@dataclass
class Hands:
    """Actions of a test's own: what they did, and what they wait for."""

    done: list[str] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def note(self, work: Work) -> Outcome:
        self.done.append(work.directive.text)
        await work.log("a line")
        return Outcome("noted")

    async def wait(self, work: Work) -> Outcome:
        work.report_progress(1, 2)
        self.begun.set()
        await self.gate.wait()
        return Outcome("waited")

    async def linger(self, _work: Work) -> Outcome:
        self.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await self.gate.wait()
        raise AssertionError("it is cancelled")

    async def fail(self, _work: Work) -> Outcome:
        raise HelixError("It cannot be done.")

    async def crash(self, _work: Work) -> Outcome:
        raise ZeroDivisionError

    async def cut(self, _work: Work) -> Outcome:
        raise asyncio.CancelledError

    def actions(self) -> dict[str, Action]:
        runs: dict[str, Callable[[Work], Awaitable[Outcome]]] = {
            "note": self.note, "wait": self.wait, "fail": self.fail, "crash": self.crash, "cut": self.cut,
            "ritual": self.note, "linger": self.linger,
        }  # fmt: skip
        return {
            name: Action(name=name, summary="A test.", examples=(name,), parse=_parse, run=run)
            for name, run in runs.items()
        }


def _parse(rest: str) -> Arguments:
    if rest == "wrong":
        raise WrongDirective("That is wrong.")
    return {"steps": int(rest)} if rest.isdecimal() else {"rest": rest}


async def renew(collective: Collective, hands: Hands) -> Directives:
    """Directives as a new start finds them."""
    actions = hands.actions()
    collective.policy._known = {name: action.needed for name, action in actions.items()}
    collective.directives = Directives(
        collective.directives.parts, collective.manager, collective.webhooks, collective.policy, actions
    )
    await collective.directives.load()
    return collective.directives


class Manus:
    """The loop, once it is started by calling this."""

    def __init__(self, collective: Collective) -> None:
        self._collective = collective
        self.tasks: list[asyncio.Task[None]] = []

    def __call__(self) -> None:
        self.tasks.append(asyncio.create_task(self._collective.directives.run()))

    async def cancel(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


async def ended(directives: Directives, number: int) -> Directive:
    """That directive, once it is no longer open."""
    changed = asyncio.Event()
    stop = directives.on_change(lambda _: changed.set())
    async with asyncio.timeout(40):
        while True:
            # Cleared before the look, so that a change during it is not lost.
            changed.clear()
            found = await directives.get(number)
            if not found.open:
                break
            await changed.wait()
    stop()
    return found


async def ask(collective: Collective, text: str, actor: Actor = ADA, **options: str) -> Directive:
    return await collective.directives.submit(text, actor=actor, rank=MOD, **options)
