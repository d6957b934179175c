"""What `webhooks`, `replay` and `breakers` are asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from bot.text.words import quoted
from core.errors import HelixError
from core.text.durations import parse_duration

View = Literal["in", "out", "failed", "subscriptions"]
VIEWS: Final[tuple[View, ...]] = ("in", "out", "failed", "subscriptions")
Action = Literal["list", "reset", "trip"]
# What buttons carry: a list, and the deliveries from one number to another.
VIEW: Final = f"(?:{'|'.join(VIEWS)})"
DELIVERIES: Final = "[0-9]{1,15}(?:-[0-9]{1,15})?"
ACTIONS: Final[tuple[Action, ...]] = ("list", "reset", "trip")
FAILED: Final = "failed"
_EVENT: Final = re.compile(r"(?:evt|msg)_[0-9a-f]{32}", re.ASCII)
_MOST: Final = 2**63 - 1


class WrongTarget(HelixError):
    """It is neither a list nor an id."""


class WrongPage(HelixError):
    """A page that no list has."""


class NoBreakerNamed(HelixError):
    """It says what to do, and to which breaker not."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is meant: the delivery of a number, or the event of an id."""

    delivery: int | None = None
    event: str | None = None


def parse_view(text: str | None) -> View | Target:
    """The list that is asked for, in any case (what goes out where none is), or one delivery or event.

    Raises:
        WrongTarget: it is neither.
    """
    if text is None:
        return "out"
    for view in VIEWS:
        if view == text.strip().casefold():
            return view
    return parse_target(text, f"The lists are {', '.join(VIEWS)}.")


def parse_target(text: str, hint: str = "") -> Target:
    """The delivery or event that is meant.

    Raises:
        WrongTarget: it is no id.
    """
    word = text.strip().strip("`#")
    if word.isascii() and word.isdigit() and len(word) <= 19 and 0 < int(word) <= _MOST:
        return Target(delivery=int(word))
    if _EVENT.fullmatch(word.casefold()):
        return Target(event=word.casefold())
    text = f"{quoted(text)} is no id: a delivery has a number, an event begins with evt_ or msg_."
    raise WrongTarget(f"{text} {hint}".strip())


def parse_replay(text: str, since: str | None) -> Target | timedelta | None:
    """What to send again: one, or all that failed since so long ago (None: ever).

    Raises:
        WrongTarget: it is no id, and not "failed"; or a time is given for one alone.
        WrongDuration: `since` is not a duration.
    """
    span = None if since is None else parse_duration(since)
    if text.strip().casefold() == FAILED:
        return span
    if since is not None:
        raise WrongTarget("A time goes with `failed`: `/replay failed 24h`.")
    return parse_target(text, "Or say `failed`.")


def check_page(page: int) -> int:
    """`page`, counted from 1.

    Raises:
        WrongPage: it is less.
    """
    if page < 1:
        raise WrongPage("`page` is a whole number from 1 up.")
    return page


def need_name(action: Action, name: str | None) -> str:
    """The breaker that is named.

    Raises:
        NoBreakerNamed: none is.
    """
    if name is None or not name.strip():
        raise NoBreakerNamed(f"Which breaker? Name it after `/breakers {action}`; `/breakers` lists them.")
    return name.strip()
