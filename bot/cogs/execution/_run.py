"""What `run` does: the asker's rank, what is offered while a directive is typed, and waiting for its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from bot.access import Caller, level_at
from bot.catalog.entry import Level
from core.runtime.drain import Drain
from state.directives import Directives
from state.directives.policy import Rank
from state.directives.records import Directive
from state.directives.registry import ACTIONS

# A reply is kept up to date for so long; who wants to know later asks `jobs`.
FOLLOWED_S = 900.0
# How often somebody who waits looks whether Helix is being stopped.
_LOOK_EVERY_S = 0.5


def rank_of(caller: Caller) -> Rank:
    """What policy lets this person ask for: what they may do in the home server."""
    return Rank(int(level_at(caller, local=False)))


def offers(rank: Rank) -> tuple[str, ...]:
    """Whole directives that a person of this rank may ask for."""
    return tuple(example for action in ACTIONS if action.needed <= rank for example in action.examples)


def lacking(asked: Directive, caller: Caller) -> Level | None:
    """The level that a refused directive needs, where the caller lacks it; None otherwise."""
    needed = next((action.needed for action in ACTIONS if action.name == asked.action), Rank.everyone)
    return Level(needed) if asked.status == "refused" and rank_of(caller) < needed else None


@dataclass(slots=True)
class Followed:
    """A directive as its reply shows it.

    Attributes:
        whom: a sentence that says whom to ask, where the caller lacks the powers for it.
    """

    directive: Directive
    whom: str = ""
    halted: bool = False
    waiting_before: int = 0


async def follow(
    directives: Directives,
    followed: Followed,
    changed: Callable[[], None],
    drain: Drain,
    *,
    most_s: float = FOLLOWED_S,
) -> None:
    """Keeps `followed` as the directive is, calling `changed`, until nobody needs to wait any more.

    That is when it has ended, when Manus is halted while it waits, when Helix is being stopped, or after
    `most_s` seconds.
    """
    woken = asyncio.Event()

    def note(_directive: Directive | None) -> None:
        woken.set()

    stop = directives.on_change(note)
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(most_s):
                while True:
                    woken.clear()
                    await refresh(directives, followed)
                    changed()
                    if _is_over(followed, drain):
                        return
                    with suppress(TimeoutError):
                        await asyncio.wait_for(woken.wait(), _LOOK_EVERY_S)
    finally:
        stop()


async def refresh(directives: Directives, followed: Followed) -> None:
    """Reads the directive as it is now."""
    followed.directive = await directives.get(followed.directive.id)
    followed.halted = directives.halted is not None
    if followed.directive.status == "queued":
        before = [one for one in await directives.newest() if one.open and one.id < followed.directive.id]
        followed.waiting_before = len(before)


def _is_over(followed: Followed, drain: Drain) -> bool:
    status = followed.directive.status
    return not followed.directive.open or (status == "queued" and (followed.halted or not drain.accepting))
