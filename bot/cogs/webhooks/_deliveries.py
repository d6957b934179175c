"""What `webhooks`, `replay` and `breakers` read of a line, and what they find: nothing is delivered yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from bot.words import quoted
from core.durations import parse_duration
from core.errors import HelixError, UnknownName

View = Literal["in", "out", "failed", "subscriptions"]
VIEWS: tuple[View, ...] = ("in", "out", "failed", "subscriptions")
Action = Literal["list", "reset", "trip"]
ACTIONS: tuple[Action, ...] = ("list", "reset", "trip")
FAILED = "failed"


class NoDelivery(HelixError):  # noqa: N818 - the text is what users read
    """Nothing that was delivered has this id."""


class WrongPage(HelixError):  # noqa: N818 - likewise
    """A page that no list has."""


class UnknownAction(UnknownName):
    """`breakers` has no such action."""

    kind = "action"


class NoBreaker(HelixError):  # noqa: N818 - likewise
    """No breaker is named, or none has this name."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What `replay` is asked to send again: what has failed, `since` so long ago or ever."""

    since: timedelta | None


def parse_view(text: str | None) -> View:
    """The list that is asked for, in any case; what goes out where none is.

    Raises:
        NoDelivery: it is no list, so it is an id, and no delivery has it.
    """
    if text is None:
        return "out"
    for view in VIEWS:
        if view == text.strip().casefold():
            return view
    raise NoDelivery(f"{_no_delivery(text)} The lists are {', '.join(VIEWS)}.")


def check_page(page: int) -> int:
    """`page`, counted from 1.

    Raises:
        WrongPage: it is less.
    """
    if page < 1:
        raise WrongPage("`page` is a whole number from 1 up.")
    return page


def parse_target(text: str, since: str | None) -> Selection:
    """What to send again.

    Raises:
        NoDelivery: it is not "failed", so it is an id, and no delivery has it.
        WrongDuration: `since` is no length of time.
    """
    span = None if since is None else parse_duration(since)
    if text.strip().casefold() != FAILED:
        raise NoDelivery(_no_delivery(text))
    return Selection(span)


def parse_action(text: str) -> Action:
    """The action of `breakers`, in any case.

    Raises:
        UnknownAction: there is none of that name.
    """
    for action in ACTIONS:
        if action == text.strip().casefold():
            return action
    raise UnknownAction(text.strip(), ACTIONS)


def refuse_breaker(action: Action, name: str | None) -> NoBreaker:
    """Why that breaker cannot be reset or tripped."""
    if name is None or not name.strip():
        return NoBreaker(f"Which breaker? It goes `breakers {action} <name>`; there is none yet.")
    return NoBreaker(f"There is no breaker {quoted(name)}: there is none at all yet.")


def _no_delivery(text: str) -> str:
    return f"There is no delivery {quoted(text)}: nothing has come in or gone out yet."
