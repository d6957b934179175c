"""Arguments of `icon`."""

from __future__ import annotations

from typing import Final, Literal, get_args

from bot.cards.field_pictures import parse_style
from bot.pictures.field_request import STYLES, Style
from bot.text.words import quoted
from core.errors import HelixError

Action = Literal["info", "set", "cycle"]

ACTIONS: Final[tuple[Action, ...]] = get_args(Action)
SWITCH: Final = ("on", "off")


class WrongValue(HelixError):
    """The value is missing or does not fit the action."""


def values(action: str | None) -> tuple[str, ...]:
    """The values of an action: styles, or on and off; all of them before an action is chosen."""
    every = (*STYLES, *SWITCH)
    return {"set": STYLES, "cycle": SWITCH, "info": ()}.get(action or "", every)


def parse_mode(word: str | None) -> Style:
    """The style to set.

    Raises:
        WrongValue: no style was given.
        UnknownStyle: no style has this name.
    """
    if word is None:
        raise WrongValue("Name a style: `/icon set mandala`.")
    return parse_style(word)


def parse_switch(word: str | None) -> bool:
    """Whether to switch the cycle on.

    Raises:
        WrongValue: the word is neither `on` nor `off`.
    """
    folded = (word or "").strip().casefold()
    if folded not in SWITCH:
        given = "" if word is None else f", not {quoted(word)}"
        raise WrongValue(f"`/icon cycle` takes `on` or `off`{given}.")
    return folded == "on"
