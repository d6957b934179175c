"""What `help` knows: the catalog, cut down to what its reader may run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot import catalog
from bot.catalog.entry import USUAL, CogInfo, CommandEntry, Cooldown, Level
from bot.text.words import quoted
from core.errors import HelixError

OVERVIEW = "overview"

_LONGEST_TOPIC = 64
_WHO = {Level.everyone: "everyone", Level.mod: "mods", Level.admin: "admins", Level.owner: "owners"}


class NoSuchTopic(HelixError):
    """There is nothing to show under that name, for this reader."""


@dataclass(frozen=True, slots=True)
class Category:
    """A cog and those of its commands that the reader may run."""

    info: CogInfo
    entries: tuple[CommandEntry, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """What a name stands for: a command, a category, or both (the command is shown first)."""

    entry: CommandEntry | None
    category: Category | None


def build_categories(visible: Sequence[CommandEntry]) -> tuple[Category, ...]:
    """The categories with something in them, in the catalog's order."""
    categories = (
        Category(info, tuple(entry for entry in visible if entry.cog == info.name)) for info in catalog.COGS
    )
    return tuple(category for category in categories if category.entries)


def find_topic(word: str, visible: Sequence[CommandEntry], *, prefix: str) -> Topic:
    """What `word` names: by command, alias, or category; with or without a prefix, in any case.

    Raises:
        NoSuchTopic: nothing that this reader may run; the text suggests the nearest names.
    """
    name = " ".join(word.removeprefix(prefix).removeprefix("/").split()).casefold()[:_LONGEST_TOPIC]
    categories = build_categories(visible)
    category = next((one for one in categories if name in {one.info.name, one.info.title.casefold()}), None)
    entry = catalog.find(name)
    if entry not in visible:
        entry = None
    if entry is None and category is None:
        raise NoSuchTopic(_no_topic(name, visible, prefix))
    return Topic(entry, category)


def describe_access(entry: CommandEntry) -> str:
    """Who may run it, in words, with the actions that need more."""
    base = _WHO[entry.access.level]
    by_level: dict[Level, list[str]] = {}
    for action, level in entry.access.actions.items():
        if level > entry.access.level:
            by_level.setdefault(level, []).append(action)
    more = [f"{', '.join(actions)}: {_WHO[level]}" for level, actions in sorted(by_level.items())]
    words = " · ".join((base, *more))
    privileged = entry.access.level > Level.everyone or bool(more)
    if entry.access.local and privileged:
        return f"{words} (of the server it is given in)"
    return f"{words} (of the home server)" if privileged else words


def describe_cooldown(entry: CommandEntry) -> str:
    """How often one person may run it."""
    shown = _times(entry.cooldown)
    return f"{shown}; {', '.join(entry.quick)} {_times(USUAL)}" if entry.quick else shown


def _times(cooldown: Cooldown) -> str:
    uses = "once" if cooldown.rate == 1 else f"{cooldown.rate} times"
    return f"{uses} in {cooldown.per_s:g} s"


def with_prefix(entry: CommandEntry, prefix: str) -> str:
    """Its example with the prefix that is in use; the catalog writes the default one, `!`."""
    return prefix + entry.example.removeprefix("!")


def _no_topic(name: str, visible: Sequence[CommandEntry], prefix: str) -> str:
    near = " or ".join(f"`{one}`" for one in catalog.suggest(name, visible))
    hint = f"Did you mean {near}?" if near else f"`{prefix}help` shows all of them."
    return f"There is no command or category {quoted(name)}. {hint}"
