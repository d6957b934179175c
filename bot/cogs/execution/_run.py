"""`run`: the caller's rank, suggestions, and following a directive until it ends."""

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

# How long a reply is kept up to date; after that, `jobs` shows the directive.
FOLLOWED_S = 900.0
# How often to check for a shutdown while waiting.
_LOOK_EVERY_S = 0.5


def rank_of(caller: Caller) -> Rank:
    """The caller's rank for the policy: the level in the home server."""
    return Rank(int(level_at(caller, local=False)))


def offers(rank: Rank) -> tuple[str, ...]:
    """Example directives that this rank may run."""
    return tuple(example for action in ACTIONS if action.needed <= rank for example in action.examples)


def lacking(asked: Directive, caller: Caller) -> Level | None:
    """The level that a refused directive needs, if the caller lacks it; else None."""
    needed = next((action.needed for action in ACTIONS if action.name == asked.action), Rank.everyone)
    return Level(needed) if asked.status == "refused" and rank_of(caller) < needed else None


@dataclass(slots=True)
class Followed:
    """A directive as its reply shows it.

    Attributes:
        whom: a sentence that says whom to ask, if the caller lacks the level.
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
    """Refresh `followed` and call `changed` until the wait is over.

    The wait is over when the directive has ended, when it is queued and Manus is halted or Helix shuts down,
    or after `most_s` seconds.
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
    """Read the directive's current state."""
    followed.directive = await directives.get(followed.directive.id)
    followed.halted = directives.halted is not None
    if followed.directive.status == "queued":
        before = [one for one in await directives.newest() if one.open and one.id < followed.directive.id]
        followed.waiting_before = len(before)


def _is_over(followed: Followed, drain: Drain) -> bool:
    status = followed.directive.status
    return not followed.directive.open or (status == "queued" and (followed.halted or not drain.accepting))
