"""`help`: the part of the catalog that the reader may run."""

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
    """No command or category that this reader may see has this name."""


@dataclass(frozen=True, slots=True)
class Category:
    """A cog and the commands in it that the reader may run."""

    info: CogInfo
    entries: tuple[CommandEntry, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """What a name means: a command, a category, or both."""

    entry: CommandEntry | None
    category: Category | None


def build_categories(visible: Sequence[CommandEntry]) -> tuple[Category, ...]:
    """The categories that are not empty, in the catalog's order."""
    categories = (
        Category(info, tuple(entry for entry in visible if entry.cog == info.name)) for info in catalog.COGS
    )
    return tuple(category for category in categories if category.entries)


def names(visible: Sequence[CommandEntry]) -> list[str]:
    """The names of the commands and categories that the reader may see."""
    return [
        name
        for one in build_categories(visible)
        for name in (*(entry.name for entry in one.entries), one.info.name)
    ]


def find_topic(word: str, visible: Sequence[CommandEntry], *, prefix: str) -> Topic:
    """The command (or alias) or category that `word` names, with or without prefix, in any letter case.

    Raises:
        NoSuchTopic: this reader may see nothing with this name; the message suggests the nearest.
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
    """Who may run the command, and which actions need a higher level."""
    base = _WHO[entry.access.level]
    by_level: dict[Level, list[str]] = {}
    for action, level in entry.access.actions.items():
        if level > entry.access.level:
            by_level.setdefault(level, []).append(action)
    more = [f"{', '.join(actions)}: {_WHO[level]}" for level, actions in sorted(by_level.items())]
    words = " · ".join((base, *more))
    privileged = entry.access.level > Level.everyone or bool(more)
    if entry.access.local and privileged:
        return f"{words} (of the server where it is used)"
    return f"{words} (of the home server)" if privileged else words


def describe_cooldown(entry: CommandEntry) -> str:
    """How often one person may run the command."""
    shown = _times(entry.cooldown)
    return f"{shown}; {', '.join(entry.quick)} {_times(USUAL)}" if entry.quick else shown


def _times(cooldown: Cooldown) -> str:
    uses = "once" if cooldown.rate == 1 else f"{cooldown.rate} times"
    return f"{uses} in {cooldown.per_s:g} s"


def with_prefix(entry: CommandEntry, prefix: str) -> str:
    """The example with the configured prefix; the catalog uses `!`."""
    return prefix + entry.example.removeprefix("!")


def _no_topic(name: str, visible: Sequence[CommandEntry], prefix: str) -> str:
    near = " or ".join(f"`{one}`" for one in catalog.suggest(name, visible))
    hint = f"Did you mean {near}?" if near else f"`{prefix}help` shows all of them."
    return f"There is no command or category {quoted(name)}. {hint}"
