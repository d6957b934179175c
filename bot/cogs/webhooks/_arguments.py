"""Arguments of `webhooks`, `replay` and `breakers`."""

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
# Payloads of buttons: a list, and a range of deliveries.
VIEW: Final = f"(?:{'|'.join(VIEWS)})"
DELIVERIES: Final = "[0-9]{1,15}(?:-[0-9]{1,15})?"
ACTIONS: Final[tuple[Action, ...]] = ("list", "reset", "trip")
FAILED: Final = "failed"
_EVENT: Final = re.compile(r"(?:evt|msg)_[0-9a-f]{32}", re.ASCII)
_MOST: Final = 2**63 - 1


class WrongTarget(HelixError):
    """The text is neither a list nor an id."""


class WrongPage(HelixError):
    """The page number is not valid."""


class NoBreakerNamed(HelixError):
    """The action needs a breaker's name."""


@dataclass(frozen=True, slots=True)
class Target:
    """A delivery by its number, or an event by its id."""

    delivery: int | None = None
    event: str | None = None


def parse_view(text: str | None) -> View | Target:
    """The list (`out` by default), delivery or event that the text names, in any letter case.

    Raises:
        WrongTarget: the text names none of them.
    """
    if text is None:
        return "out"
    for view in VIEWS:
        if view == text.strip().casefold():
            return view
    return parse_target(text, f"The lists are {', '.join(VIEWS)}.")


def parse_target(text: str, hint: str = "") -> Target:
    """The delivery or event that the text names.

    Raises:
        WrongTarget: the text is not an id.
    """
    word = text.strip().strip("`#")
    if word.isascii() and word.isdigit() and len(word) <= 19 and 0 < int(word) <= _MOST:
        return Target(delivery=int(word))
    if _EVENT.fullmatch(word.casefold()):
        return Target(event=word.casefold())
    text = f"{quoted(text)} is not an id: a delivery's id is a number, an event's begins with evt_ or msg_."
    raise WrongTarget(f"{text} {hint}".strip())


def parse_replay(text: str, since: str | None) -> Target | timedelta | None:
    """What to replay: one target, or everything that failed within a duration (None: ever).

    Raises:
        WrongTarget: neither an id nor "failed", or a duration together with an id.
        WrongDuration: `since` is not a duration.
    """
    span = None if since is None else parse_duration(since)
    if text.strip().casefold() == FAILED:
        return span
    if since is not None:
        raise WrongTarget("A duration works only with `failed`: `/replay failed 24h`.")
    return parse_target(text, "`failed` replays everything that failed.")


def check_page(page: int) -> int:
    """Return `page` if it is at least 1.

    Raises:
        WrongPage: it is less than 1.
    """
    if page < 1:
        raise WrongPage("`page` must be 1 or more.")
    return page


def need_name(action: Action, name: str | None) -> str:
    """The breaker's name.

    Raises:
        NoBreakerNamed: no name was given.
    """
    if name is None or not name.strip():
        raise NoBreakerNamed(f"Name the breaker after `/breakers {action}`; `/breakers` lists them.")
    return name.strip()
