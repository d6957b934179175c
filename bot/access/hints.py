"""Adds "(for admins)" and the like to commands in texts that the reader may not run."""

from __future__ import annotations

import re
from collections.abc import Callable

import discord

from bot import access, catalog
from bot.access import Caller
from bot.catalog.entry import ANYWHERE, CommandEntry, Level
from bot.text import embeds

# Matches text before a command if its last sentence already mentions an admin.
_SAYS_WHO = re.compile(r"\badmins?\b(?:(?!\. |\n).)*\Z")
_FOR = {Level.mod: "for mods", Level.admin: "for admins", Level.owner: "for owners"}


def fit(text: str, caller: Callable[[], Caller], prefix: str) -> str:
    """Add "(for admins)" or the like after each command in backticks that the caller may not run.

    Args:
        text: contains commands as `/restore x`, or with the prefix.
        caller: returns the reader; called only if needed.
        prefix: the prefix of commands.
    """
    if "`" not in text:
        return text
    hint = rf"(?<!\\)`(?:/|{re.escape(prefix)})([a-z0-9-]+)(?: ([a-z-]+))?[^`\n]*`"

    def noted(found: re.Match[str]) -> str:
        if _SAYS_WHO.search(found.string[: found.start()]):
            return found[0]
        return found[0] + _note(found[1], found[2], caller)

    return re.sub(hint, noted, text)


def fit_card(card: discord.Embed, caller: Callable[[], Caller], prefix: str) -> discord.Embed:
    """A copy of the card with these notes; the card itself if the copy would be too long for Discord."""
    fitted = card.copy()
    if card.description:
        fitted.description = fit(card.description, caller, prefix)
    for index, field in enumerate(card.fields):
        value = fit(field.value or "", caller, prefix)
        fitted.set_field_at(index, name=field.name, value=value, inline=field.inline)
    try:
        embeds.check(None, [fitted])
    except embeds.ReplyTooLong:
        return card
    return fitted


def _note(name: str, action: str | None, caller: Callable[[], Caller]) -> str:
    entry = catalog.find(name)
    if entry is None:
        return ""
    known = action if action in entry.access.actions else None
    if entry.access.needed(known) is Level.everyone and entry.where == ANYWHERE:
        return ""
    who = _who(entry, known, caller())
    return f" ({who})" if who else ""


def _who(entry: CommandEntry, action: str | None, caller: Caller) -> str:
    refusal = access.decide(entry.access, action, caller, entry.where)
    if refusal is None:
        return ""
    if refusal.kind == "server only":
        return "in a server"
    who = _FOR[entry.access.needed(action)]
    return who if entry.access.local or caller.at_home else f"{who}, in the home server"
