"""What `icon` is told."""

from __future__ import annotations

from typing import Final, Literal, get_args

from bot.cards.field_pictures import parse_style
from bot.pictures.field_request import Style
from bot.text.words import quoted
from core.errors import HelixError

Action = Literal["info", "set", "cycle"]

ACTIONS: Final[tuple[Action, ...]] = get_args(Action)
SWITCH: Final = ("on", "off")


class WrongValue(HelixError):
    """The action lacks its value, or has one that it does not take."""


def parse_mode(word: str | None) -> Style:
    """The mode to set.

    Raises:
        WrongValue: none is given.
        UnknownStyle: there is none of that name.
    """
    if word is None:
        raise WrongValue("Say which one, such as `/icon set mandala`.")
    return parse_style(word)


def parse_switch(word: str | None) -> bool:
    """Whether to switch on.

    Raises:
        WrongValue: it is neither `on` nor `off`.
    """
    folded = (word or "").strip().casefold()
    if folded not in SWITCH:
        given = "" if word is None else f", not {quoted(word)}"
        raise WrongValue(f"`/icon cycle` takes `on` or `off`{given}.")
    return folded == "on"
