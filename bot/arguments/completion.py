"""Suggestions while a slash option is typed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import discord
from discord import app_commands

# Limits of the Discord API, "Application Command Option Choice".
_MOST_CHOICES = 25
_LONGEST_CHOICE = 100


Completion = Callable[[discord.Interaction[Any], str], Awaitable[list[app_commands.Choice[str]]]]


def offering(*names: str) -> Completion:
    """A completion that suggests from fixed names."""

    async def complete(_: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        return choices(names, current)

    return complete


def choices(names: Iterable[str], current: str) -> list[app_commands.Choice[str]]:
    """The names that contain the typed text, in any letter case, without duplicates."""
    return _offer(_fitting(names, current.strip()))


def choices_for_last_word(names: Iterable[str], current: str) -> list[app_commands.Choice[str]]:
    """Complete the last word of a list; each choice is the whole line."""
    head, _, last = current.replace(",", " ").rpartition(" ")
    before = head.split()
    fitting = _fitting((name for name in names if name not in before), last)
    return _offer(" ".join((*before, name)) for name in fitting)


def _fitting(names: Iterable[str], typed: str) -> list[str]:
    folded = typed.casefold()
    fitting = (name for name in dict.fromkeys(names) if folded in name.casefold())
    return sorted(fitting, key=lambda name: not name.casefold().startswith(folded))


def _offer(texts: Iterable[str]) -> list[app_commands.Choice[str]]:
    short = (text for text in texts if len(text) <= _LONGEST_CHOICE)
    return [app_commands.Choice(name=text, value=text) for text in short][:_MOST_CHOICES]
