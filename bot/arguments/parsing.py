"""Parse actions, other words and numbers. Imports no Discord, so that plain functions can use it."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

from core.errors import HelixError, UnknownName

Word = TypeVar("Word", bound=str)


class UnknownAction(UnknownName):
    """The command has no such action; the message suggests the nearest."""

    kind = "action"


class OutOfRange(HelixError):
    """A number is outside its range."""


def parse_action(text: str, actions: Collection[Word]) -> Word:
    """The action that `text` names, in any letter case.

    Raises:
        UnknownAction: no action has this name.
    """
    return parse_word(text, actions, UnknownAction)


def parse_word(
    text: str, words: Collection[Word], unknown: type[UnknownName], *, or_start: bool = False
) -> Word:
    """The word that `text` names, in any letter case; with `or_start` also the first that it begins.

    Raises:
        UnknownName: an error of the class `unknown`: no word matches; the message suggests the nearest.
    """
    wanted = text.strip().casefold()
    for word in words:
        name = word.casefold()
        if name == wanted or (or_start and wanted and name.startswith(wanted)):
            return word
    raise unknown(text.strip(), words)


def check_range(name: str, value: int, low: int, high: int) -> int:
    """Return the argument's value if it is from `low` to `high`.

    Raises:
        OutOfRange: it is not; the message names the argument and its range.
    """
    if low <= value <= high:
        return value
    # A number of any length may come by prefix; Discord would refuse the reply.
    shown = value if abs(value) < 10**9 else "that"
    raise OutOfRange(f"`{name}` must be from {low} to {high}, not {shown}.")
