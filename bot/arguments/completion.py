"""Suggestions while a slash option is typed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

if TYPE_CHECKING:
    from bot.parts import HelixBot

# Limits of the Discord API, "Application Command Option Choice".
_MOST_CHOICES = 25
_LONGEST_CHOICE = 100

Choices = list[app_commands.Choice[str]]
Completion = Callable[[discord.Interaction[Any], str], Awaitable[Choices]]
Find = Callable[["discord.Interaction[HelixBot]"], Iterable[str] | Awaitable[Iterable[str]]]


def offering(*names: str) -> Completion:
    """A completion that suggests from fixed names."""

    async def complete(_: discord.Interaction[Any], current: str) -> Choices:
        return choices(names, current)

    return complete


def suggesting(find: Find) -> Completion:
    """A completion that suggests from the names which `find` returns or awaits."""
    return _completing(find, choices)


def suggesting_last_word(find: Find) -> Completion:
    """A completion of the last word of a list, from the names which `find` returns or awaits."""
    return _completing(find, choices_for_last_word)


def choices(names: Iterable[str], current: str) -> Choices:
    """The names that contain the typed text, in any letter case, without duplicates."""
    return _offer(_fitting(names, current.strip()))


def choices_for_last_word(names: Iterable[str], current: str) -> Choices:
    """Complete the last word of a list; each choice is the whole line."""
    head, _, last = current.replace(",", " ").rpartition(" ")
    before = head.split()
    fitting = _fitting((name for name in names if name not in before), last)
    return _offer(" ".join((*before, name)) for name in fitting)


def _completing(find: Find, choose: Callable[[Iterable[str], str], Choices]) -> Completion:
    async def complete(asked: discord.Interaction[Any], current: str) -> Choices:
        found = find(asked)
        return choose(await found if isinstance(found, Awaitable) else found, current)

    return complete


def _fitting(names: Iterable[str], typed: str) -> list[str]:
    folded = typed.casefold()
    fitting = (name for name in dict.fromkeys(names) if folded in name.casefold())
    return sorted(fitting, key=lambda name: not name.casefold().startswith(folded))


def _offer(texts: Iterable[str]) -> Choices:
    short = (text for text in texts if len(text) <= _LONGEST_CHOICE)
    return [app_commands.Choice(name=text, value=text) for text in short][:_MOST_CHOICES]
