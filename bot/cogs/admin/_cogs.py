"""What `load`, `unload` and `reload` are asked for, and what the journal keeps of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from bot.access import Caller
from bot.loading import STAYS, CogStatus, CogStays, LoadResult, UnknownCog
from core.errors import HelixError
from core.text.quotation import unquoted
from state.change import JournalRow

ALL, CHANGED = "all", "changed"

# Longer lines are mistakes; there are 17 cogs.
_MOST_WORDS = 40


class WrongCogs(HelixError):
    """The line names no cogs, or too much."""


def parse_cogs(line: str, known: Collection[str], *, groups: Collection[str] = ()) -> tuple[str, ...]:
    """The cogs that `line` names, separated by spaces or commas, each once, in the order given.

    Args:
        line: what was typed.
        known: the cogs that exist.
        groups: words that stand for several; such a word must stand alone, and is then the result.

    Raises:
        UnknownCog: a name is none of them; the text suggests the nearest.
        WrongCogs: there is no name, or there are too many, or a group stands beside names.
    """
    words = [unquoted(word).casefold().strip("`") for word in line.replace(",", " ").split()]
    if not words or len(words) > _MOST_WORDS:
        raise WrongCogs(f"Name cogs, separated by spaces: {', '.join(sorted(known))}.")
    names = tuple(dict.fromkeys(words))
    for name in names:
        if name in groups:
            if len(names) > 1:
                raise WrongCogs(f"`{name}` stands alone; leave out the rest, or name the cogs.")
        elif name not in known:
            raise UnknownCog(name, [*known, *groups])
    return names


def refuse_needed(names: Sequence[str]) -> None:
    """Check that all of these cogs may be unloaded.

    Raises:
        CogStays: one of them may not.
    """
    for name in names:
        if name in STAYS:
            raise CogStays(name)


def pick(
    names: Sequence[str], statuses: Sequence[CogStatus], changed: Callable[[], Sequence[str]]
) -> tuple[str, ...]:
    """The cogs that `reload` is to swap: those named, or what "all" and "changed" stand for now.

    "all" is every cog that has been loaded, or tried; one that was never used has no code to swap.
    """
    if tuple(names) == (ALL,):
        return tuple(status.name for status in statuses if status.state in {"loaded", "failed"})
    return tuple(changed()) if tuple(names) == (CHANGED,) else tuple(names)


def journal_row(verb: str, result: LoadResult, caller: Caller) -> JournalRow:
    """Who did what to a cog, and how it went."""
    after = f"{verb}ed" if result.ok else f"{verb} failed"
    return caller.actor.row("cog", result.cog, reason=f"{verb} {result.cog}", after=after)
