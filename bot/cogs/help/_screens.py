"""Embeds of the help."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.catalog.entry import CommandEntry
from bot.cogs.help._topics import Category, describe_access, describe_cooldown, with_prefix
from bot.text import embeds


def overview(categories: Sequence[Category], prefix: str) -> discord.Embed:
    """Every category with the names of its commands."""
    fields = [
        embeds.Field(
            f"{category.info.title} – {category.info.summary}",
            " ".join(f"`{entry.name}`" for entry in category.entries),
        )
        for category in categories
    ]
    count = sum(len(category.entries) for category in categories)
    return embeds.card(
        "Helix",
        (
            f"You can use {count} commands, each as `{prefix}name` or `/name`.",
            f"`{prefix}help name` explains a command.",
        ),
        fields=fields,
        footer="Only commands that you may run are listed. Tat Tvam Asi.",
    )


def category(one: Category, prefix: str) -> discord.Embed:
    """One category, with two lines for each command."""
    lines = [f"`{_usage(entry, prefix)}`\n{entry.summary}" for entry in one.entries]
    return embeds.card(
        one.info.title, (one.info.summary, "", *lines), footer=f"{prefix}help name explains a command in full"
    )


def command(entry: CommandEntry, prefix: str) -> discord.Embed:
    """One command in full."""
    rows = [
        ("Usage", f"`{_usage(entry, prefix)}` or `/{entry.name}`"),
        *((f"`{param.name}`", param.meaning) for param in entry.params),
        ("Aliases", " ".join(f"`{prefix}{alias}`" for alias in entry.aliases) or "none"),
        ("For", describe_access(entry)),
        ("Where", "servers and direct messages" if "dm" in entry.where else "servers only"),
        ("Cooldown", describe_cooldown(entry)),
        ("Example", f"`{with_prefix(entry, prefix)}`"),
    ]
    return embeds.card(
        f"{prefix}{entry.name}", (entry.summary, "", *(f"**{name}** {value}" for name, value in rows))
    )


def _usage(entry: CommandEntry, prefix: str) -> str:
    return f"{prefix}{entry.name} {entry.usage}".rstrip()
