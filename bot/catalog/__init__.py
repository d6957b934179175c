"""The catalog: the commands of Helix and their cogs.

Look-up, help, access checks, slash registration and the HTTP route `/commands` read it, so that they need not
import a cog. It imports nothing heavy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from bot.catalog import (
    admin,
    agents,
    consciousness,
    content,
    contexts,
    diagnostics,
    execution,
    field,
    fun,
    monitoring,
    rituals,
    roles,
    server,
    storage,
    visuals,
    webhooks,
)
from bot.catalog import help as help_
from bot.catalog.entry import CogInfo, CommandEntry, Where

if TYPE_CHECKING:
    from state.ports import CommandInfo

# In the order shown to people.
_FILES = (
    help_,
    monitoring,
    agents,
    field,
    consciousness,
    rituals,
    visuals,
    storage,
    contexts,
    execution,
    webhooks,
    content,
    roles,
    server,
    fun,
    admin,
    diagnostics,
)
COGS: tuple[CogInfo, ...] = tuple(file.COG for file in _FILES)
ENTRIES: tuple[CommandEntry, ...] = tuple(entry for file in _FILES for entry in file.ENTRIES)

_MOST_SUGGESTIONS = 3
_LONGEST_WORD = 64
# Below this likeness (difflib's ratio) a suggestion would only confuse.
_LEAST_LIKENESS = 0.6


# A command's own name wins over another's alias.
_BY_NAME: Mapping[str, CommandEntry] = {
    **{alias: entry for entry in ENTRIES for alias in entry.aliases},
    **{entry.name: entry for entry in ENTRIES},
}
_PLACES: Mapping[Where, str] = {"server": "server", "dm": "direct message"}


def find(name: str) -> CommandEntry | None:
    """The entry with this name or alias, in any letter case; None if there is none."""
    return _BY_NAME.get(name) or _BY_NAME.get(name.casefold())


def by_cog(cog: str) -> tuple[CommandEntry, ...]:
    """The entries of one cog, in the catalog's order."""
    return tuple(entry for entry in ENTRIES if entry.cog == cog)


def suggest(
    word: str, allowed: Iterable[CommandEntry], *, likeness: float = _LEAST_LIKENESS
) -> tuple[str, ...]:
    """Up to three names or aliases of `allowed` entries that resemble `word`, most similar first.

    Each has at least this `likeness` (difflib's ratio).
    """
    import difflib

    by_name = {name: entry.name for entry in allowed for name in (entry.name, *entry.aliases)}
    close = difflib.get_close_matches(
        word.casefold()[:_LONGEST_WORD], by_name, n=_MOST_SUGGESTIONS * 2, cutoff=likeness
    )
    first_of_each = {by_name[name]: name for name in reversed(close)}
    return tuple(sorted(first_of_each.values(), key=close.index)[:_MOST_SUGGESTIONS])


def command_infos() -> tuple[CommandInfo, ...]:
    """The catalog as plain records, for code that does not import the bot."""
    from state.ports import CommandInfo

    return tuple(
        CommandInfo(
            name=entry.name,
            aliases=entry.aliases,
            cog=entry.cog,
            usage=entry.usage,
            summary=entry.summary,
            example=entry.example,
            access=_access_in_words(entry),
            where=tuple(_PLACES[place] for place in _PLACES if place in entry.where),
            ttl_s=entry.ttl_s,
            cooldown=entry.limits,
        )
        for entry in ENTRIES
    )


def _access_in_words(entry: CommandEntry) -> str:
    exceptions = [f"{level.name} for {action}" for action, level in entry.access.actions.items()]
    return ", ".join((entry.access.level.name, *exceptions))
