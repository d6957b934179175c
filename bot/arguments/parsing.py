"""Parse a command's action. Imports no Discord, so that plain functions can use it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from core.errors import UnknownName

Word = TypeVar("Word", bound=str)


class UnknownAction(UnknownName):
    """The command has no such action; the message suggests the nearest."""

    kind = "action"


def parse_action(text: str, actions: Sequence[Word]) -> Word:
    """The action that `text` names, in any letter case.

    Raises:
        UnknownAction: no action has this name.
    """
    wanted = text.strip().casefold()
    for action in actions:
        if action == wanted:
            return action
    raise UnknownAction(text.strip(), actions)
