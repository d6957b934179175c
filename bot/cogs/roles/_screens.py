"""Embeds of the commands about roles."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import discord

from bot.cogs.roles._choice import Category
from bot.cogs.roles._creation import Plan
from bot.replies import discord_codes
from bot.servers.self_roles import SelfRole
from bot.servers.work import Report
from bot.text import embeds, words

_TITLES = {
    "notifications": "🔔 Notifications",
    "agents": "🪷 Agents",
    "access": "🔑 Access",
    "community": "🌀 Community",
}


def roles(
    categories: Sequence[Category], held: Collection[int], notes: Sequence[str], prefix: str
) -> discord.Embed:
    """The categories, with a tick before the reader's roles."""
    mine = sum(
        one.role is not None and one.role.id in held for category in categories for one in category.ready
    )
    head = [f"You have {mine or 'none'} of these roles. The menus below toggle them."]
    if not any(category.ready for category in categories):
        head = [f"None of these roles exists in this server yet. `{prefix}setup-roles` creates them."]
    return embeds.card(
        "Roles you can give yourself",
        (*head, *notes),
        fields=[
            embeds.Field(_TITLES[category.name], _category(category, held), inline=True)
            for category in categories
        ],
        footer="None of these roles has permissions.",
    )


def options(category: Category, held: Collection[int]) -> list[discord.SelectOption]:
    """The menu of one category, with the reader's roles ticked."""
    return [
        discord.SelectOption(
            label=one.name, value=one.name, default=one.role is not None and one.role.id in held
        )
        for one in category.ready
    ]


def which(found: Sequence[SelfRole], text: str, *, add: bool) -> discord.Embed:
    """The question when several roles match."""
    verb = "like to have" if add else "give back"
    return embeds.card(
        "", (f"{words.count(len(found), 'role')} match {words.quoted(text)}. Which one would you {verb}?",)
    )


def outcome(text: str, *, good: bool) -> discord.Embed:
    """The outcome of a change."""
    return embeds.card("", (text,), status="pass" if good else "warn")


def created(plan: Plan, report: Report, prefix: str) -> discord.Embed:
    """The outcome of `setup-roles`."""
    lines = []
    if report.done:
        lines.append(f"Created {words.count(len(report.done), 'role')}: {', '.join(report.done)}.")
    elif not plan.missing:
        lines.append("All roles exist; nothing was changed.")
    if plan.standing:
        lines.append(f"{words.count(len(plan.standing), 'role')} already existed.")
    lines += [_blocked(one) for one in plan.blocked]
    if report.trouble is not None:
        left = words.count(report.left, "role is", "roles are")
        lines += ["", f"⚠️ {report.trouble} {left} still missing; `{prefix}setup-roles` continues."]
    good = report.trouble is None and not plan.blocked
    return embeds.card("🎭 Roles", lines, status="pass" if good else "warn")


def _blocked(one: SelfRole) -> str:
    if one.standing == "privileged":
        return (
            f"⚠️ **{one.name}** has permissions or belongs to a bot, so I do not assign it. "
            "Rename it or remove its permissions, then run this again."
        )
    return f"⚠️ **{one.name}** is above my own role. Move my role above it."


def _category(category: Category, held: Collection[int]) -> str:
    lines = [
        f"{'✅' if one.role is not None and one.role.id in held else '▫️'} {one.name}"
        for one in category.ready
    ]
    missing = len(category.roles) - len(category.ready)
    if missing:
        lines.append(f"-# {missing} not available here")
    return "\n".join(lines)


def refused(name: str, error: discord.HTTPException) -> str:
    """The message when Discord refused a change."""
    if error.code == discord_codes.UNKNOWN_ROLE:
        return f"**{name}** no longer exists in this server."
    if error.code == discord_codes.UNKNOWN_MEMBER:
        return f"Discord says that you are no longer in this server, so **{name}** is unchanged."
    too_low = f"Discord does not let me change **{name}**: my role must be above it and have Manage Roles."
    return discord_codes.in_words(error, {"forbidden": too_low})


def obstacle(found: SelfRole, prefix: str, *, may_manage: bool) -> str | None:
    """Why this role cannot be assigned or removed, and how to fix that; None if it can."""
    name = f"**{found.name}**"
    if found.standing == "missing":
        return f"{name} does not exist in this server yet. `{prefix}setup-roles` creates it."
    if found.standing == "privileged":
        return f"The role {name} has permissions or belongs to a bot, so I never assign it."
    if not may_manage:
        return f"I lack Manage Roles, so I cannot change {name}. Ask an admin to grant it to me."
    if found.standing == "out of reach":
        return f"{name} is above my own role. Ask an admin to move my role above it."
    return None


def changed(name: str, *, add: bool, is_new: bool) -> str:
    """The message after a change, or when there was nothing to change."""
    if not is_new:
        return f"You already have **{name}**." if add else f"You do not have **{name}**."
    return f"You now have **{name}**." if add else f"You no longer have **{name}**."
