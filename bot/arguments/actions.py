"""The words that say what a command is to do; no Discord in it, so that plain functions may use it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from core.errors import UnknownName

Word = TypeVar("Word", bound=str)


class UnknownAction(UnknownName):
    """The command has no such action; the text suggests the nearest."""

    kind = "action"


def parse_action(text: str, actions: Sequence[Word]) -> Word:
    """The action that `text` names, in any case.

    Raises:
        UnknownAction: there is none of that name.
    """
    wanted = text.strip().casefold()
    for action in actions:
        if action == wanted:
            return action
    raise UnknownAction(text.strip(), actions)
