"""Suggestions for a prefixed word that is not a command."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from bot import catalog
from bot.catalog.entry import CommandEntry
from bot.offers.once_in import OnceIn

# "!!!", "!?" and the like are not meant for a bot.
_LIKE_A_NAME = re.compile(r"[^\W_][\w-]{0,31}")
_EVERY_S = 3.0


class UnknownNames:
    """Answers names that resemble a command's name, at limited intervals per user.

    Other names get no answer, since they may be meant for another bot with the same prefix.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._people = OnceIn(_EVERY_S, monotonic)

    def answer(self, name: str, user_id: int, allowed: Iterable[CommandEntry], prefix: str) -> str | None:
        """The suggestion for `name` among the commands the user may run; None to stay silent."""
        if _LIKE_A_NAME.fullmatch(name) is None or self._people.wait_s(user_id):
            return None
        near = catalog.suggest(name, allowed)
        if not near:
            return None
        self._people.take(user_id)
        shown = [f"`{prefix}{one}`" for one in near]
        guess = shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"
        return f"There is no command `{prefix}{name}`. Did you mean {guess}?"
