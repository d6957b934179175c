"""Arguments of `load`, `unload` and `reload`, and their journal rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from bot.access import Caller
from bot.loading import STAYS, CogStatus, CogStays, LoadResult, UnknownCog
from core.errors import HelixError
from core.text.quotation import unquoted
from state.change import JournalRow

ALL, CHANGED = "all", "changed"

# There are 17 cogs; a longer list is a mistake.
_MOST_WORDS = 40


class WrongCogs(HelixError):
    """The argument names no cogs, or too many."""


def parse_cogs(line: str, known: Collection[str], *, groups: Collection[str] = ()) -> tuple[str, ...]:
    """The cogs that `line` names, separated by spaces or commas, each once, in the order given.

    Args:
        line: what was typed.
        known: the cogs that exist.
        groups: words for several cogs (`all`); such a word must be the only one, and is returned as it is.

    Raises:
        UnknownCog: no cog has this name; the message suggests the nearest.
        WrongCogs: no name, too many names, or a group beside names.
    """
    words = [unquoted(word).casefold().strip("`") for word in line.replace(",", " ").split()]
    if not words or len(words) > _MOST_WORDS:
        raise WrongCogs(f"Name one or more cogs, separated by spaces: {', '.join(sorted(known))}.")
    names = tuple(dict.fromkeys(words))
    for name in names:
        if name in groups:
            if len(names) > 1:
                raise WrongCogs(f"Use `{name}` alone, or list the cogs by name.")
        elif name not in known:
            raise UnknownCog(name, [*known, *groups])
    return names


def refuse_needed(names: Sequence[str]) -> None:
    """Raise if one of these cogs may not be unloaded.

    Raises:
        CogStays: one of them must stay loaded.
    """
    for name in names:
        if name in STAYS:
            raise CogStays(name)


def pick(
    names: Sequence[str], statuses: Sequence[CogStatus], changed: Callable[[], Sequence[str]]
) -> tuple[str, ...]:
    """The cogs to reload: those named, or what `all` and `changed` mean now.

    `all` leaves out cogs that were never loaded: they have no code to replace.
    """
    if tuple(names) == (ALL,):
        return tuple(status.name for status in statuses if status.state in {"loaded", "failed"})
    return tuple(changed()) if tuple(names) == (CHANGED,) else tuple(names)


def journal_row(verb: str, result: LoadResult, caller: Caller) -> JournalRow:
    """The journal row: who changed the cog, and the outcome."""
    after = f"{verb}ed" if result.ok else f"{verb} failed"
    return caller.actor.row("cog", result.cog, reason=f"{verb} {result.cog}", after=after)
