"""`cache`: show the counts, or clear."""

from __future__ import annotations

from typing import Literal

from bot.access import Caller
from bot.parts.everywhere import ALL, STATE
from core.cache import CacheRegistry, UnknownCache
from core.errors import HelixError
from state.change import JournalRow

Action = Literal["stats", "clear"]
ACTIONS: tuple[Action, ...] = ("stats", "clear")


class NothingNamed(HelixError):
    """`clear` was given no cache."""


def names(caches: CacheRegistry) -> tuple[str, ...]:
    """The names that `clear` takes: each cache, `state` and `all`."""
    return (*(stats.name for stats in caches.stats()), STATE, ALL)


def parse_name(name: str | None, caches: CacheRegistry) -> str:
    """The name of the cache to clear; letter case does not matter.

    Raises:
        NothingNamed: no name was given.
        UnknownCache: no cache has this name; the message suggests the nearest.
    """
    known = names(caches)
    if name is None:
        raise NothingNamed(f"Say which cache to clear: one of {', '.join(known)}.")
    for one in known:
        if one.casefold() == name.strip().casefold():
            return one
    raise UnknownCache(name.strip(), known)


def journal_row(name: str, entries: int, caller: Caller) -> JournalRow:
    """The journal row: who cleared what."""
    return caller.actor.row("cache", name, reason=f"cache clear {name}", before=entries, after=0)
