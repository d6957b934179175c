"""What `cache` does: counts, or a clean sweep."""

from __future__ import annotations

from typing import Literal

from bot.access import Caller
from core.cache import CacheRegistry, UnknownCache
from core.errors import HelixError
from state.change import JournalRow

Action = Literal["stats", "clear"]
ACTIONS: tuple[Action, ...] = ("stats", "clear")
ALL, STATE = "all", "state"


class NothingNamed(HelixError):
    """`clear` does not say what."""


def names(caches: CacheRegistry) -> tuple[str, ...]:
    """What can be cleared: each cache, what was read from the state files, and everything."""
    return (*(stats.name for stats in caches.stats()), STATE, ALL)


def parse_name(name: str | None, caches: CacheRegistry) -> str:
    """The cache to clear, in any case.

    Raises:
        NothingNamed: none is given.
        UnknownCache: there is none of that name; the text suggests the nearest.
    """
    known = names(caches)
    if name is None:
        raise NothingNamed(f"Clear what? One of {', '.join(known)}.")
    for one in known:
        if one.casefold() == name.strip().casefold():
            return one
    raise UnknownCache(name.strip(), known)


def clear(caches: CacheRegistry, name: str) -> int:
    """Forget what that cache holds; "state" forgets, in every cache, what was read from the state."""
    if name == STATE:
        return caches.drop_tags(STATE)
    return caches.clear(name)


def reads_files(name: str) -> bool:
    """Whether clearing this means that the state files are read anew."""
    return name in {STATE, ALL}


def journal_row(name: str, entries: int, caller: Caller) -> JournalRow:
    """Who cleared what."""
    return caller.actor.row("cache", name, reason=f"cache clear {name}", before=entries, after=0)
