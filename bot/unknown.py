"""A prefixed word that is no command: what to say, and when to say nothing."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable

from bot import catalog
from bot.entry import CommandEntry

# "!!!", "!?" and the like are not meant for a bot.
_LIKE_A_NAME = re.compile(r"[^\W_][\w-]{0,31}")
_EVERY_S = 3.0
_PEOPLE_KEPT = 1000


class UnknownNames:
    """Answers unknown names, one in a few seconds per user: other bots may share the prefix."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._last: OrderedDict[int, float] = OrderedDict()

    def answer(self, name: str, user_id: int, allowed: Iterable[CommandEntry], prefix: str) -> str | None:
        """What to tell whoever typed `name`, from the commands they may run; None to stay silent."""
        if _LIKE_A_NAME.fullmatch(name) is None or not self._may_speak(user_id):
            return None
        near = catalog.suggest(name, allowed)
        if not near:
            return f"There is no command `{prefix}{name}`. `{prefix}help` shows what there is."
        shown = [f"`{prefix}{one}`" for one in near]
        guess = shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"
        return f"There is no command `{prefix}{name}`. Did you mean {guess}?"

    def _may_speak(self, user_id: int) -> bool:
        now = self._monotonic()
        last = self._last.get(user_id)
        if last is not None and now - last < _EVERY_S:
            return False
        self._last[user_id] = now
        self._last.move_to_end(user_id)
        while len(self._last) > _PEOPLE_KEPT:
            self._last.popitem(last=False)
        return True
