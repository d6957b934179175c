"""Embeds of `setup`, `verify-setup` and `welcome`."""

from __future__ import annotations

import discord

from bot.cogs.server._layout import LAYOUT, PRIVATE
from bot.cogs.server._plan import Plan
from bot.cogs.server._services import Services
from bot.cogs.server._verify import Findings, total_channels
from bot.replies import pages
from bot.servers import self_roles
from bot.servers.work import Report
from bot.text import embeds, words

_ROWS_PER_PAGE = 14


def missing(plan: Plan) -> str:
    """What would be created, one line per category."""
    inside: dict[str, list[str]] = {}
    for title, name in plan.new_channels:
        inside.setdefault(title, []).append(name)
    lines = []
    for title in LAYOUT:
        new = title in plan.new_categories
        if new or title in inside:
            marks = f"{' (new)' if new else ''}{' 🔒' if title == PRIVATE else ''}"
            names = ", ".join(inside.get(title, ())) or "no channel is missing"
            lines.append(f"**{title}**{marks}: {names}")
    return "\n".join(lines)


def question(plan: Plan, services: Services) -> str:
    """The question before anything is created."""
    parts = [f"Create {_amount(plan)}?", missing(plan)]
    if _touches_private(plan):
        parts.append(f"Only admins and I will see the channels in {PRIVATE}.")
    parts += ["\n".join(serving(services)), "Existing channels stay as they are."]
    return "\n\n".join(filter(None, parts))


def dry_run(plan: Plan, services: Services) -> discord.Embed:
    """What `setup` would do."""
    lines = [f"`setup` would create {_amount(plan)}.", "", missing(plan), ""] if plan.size else [_COMPLETE]
    return embeds.card("🏗️ Dry run", (*lines, *serving(services)), footer="Nothing was changed.")


def done(plan: Plan, report: Report, services: Services, prefix: str) -> discord.Embed:
    """The outcome of `setup`."""
    created = f"Created {len(report.done)} of {plan.size} categories and channels."
    lines = [created] if plan.size else [_COMPLETE]
    if report.trouble is not None:
        lines.append(f"⚠️ {report.trouble} `{prefix}setup` continues.")
    return embeds.card(
        "🏗️ The server's layout",
        (*lines, *serving(services)),
        status="warn" if report.trouble else "pass",
        footer="" if report.trouble else "A house with rooms for everyone.",
    )


def serving(services: Services) -> tuple[str, ...]:
    """The purpose of each channel: from the layout, from a setting, or once it is created."""
    lines = [f"<#{channel}> is for {duty}." for duty, channel in services.chosen.items()]
    lines += [f"A setting names the channel for {duty}." for duty in services.decided]
    lines += [
        f"#{name} will be the channel for {duty} once it exists." for duty, name in services.missing.items()
    ]
    return tuple(lines)


def verified(found: Findings, number: int, prefix: str) -> pages.Shown:
    """One page of the findings."""
    page = pages.pick(_findings(found, prefix), number, per_page=_ROWS_PER_PAGE)
    return page.card("🔍 The server's set-up", page.parts, status="pass" if found.in_order else "warn")


_COMPLETE = "All categories and channels of the layout exist; nothing was created."


def _findings(found: Findings, prefix: str) -> list[str]:
    channels = f"**Channels** {found.channels} of {total_channels()}"
    rows = [f"{channels} · **roles** {found.roles} of {len(self_roles.NAMES)}"]
    if found.in_order:
        rows.append("✅ Nothing is missing, duplicate or out of reach.")
    rows += [f"❌ I lack **{name}**: {why}" for name, why in found.permissions]
    if found.exposed:
        rows.append(f"❌ Everyone can see **{PRIVATE}** or a channel in it. Deny @everyone View Channel.")
    rows += [f"❌ Category missing: **{name}**" for name in found.missing_categories]
    rows += [f"❌ Channel missing: #{name} in {title}" for title, name in found.missing_channels]
    if found.missing_categories or found.missing_channels:
        rows.append(f"→ `{prefix}setup` creates what is missing.")
    rows += [f"⚠️ Duplicate: {embeds.plain(label, 100)}" for label in found.duplicate_channels]
    if found.missing_roles:
        rows.append(f"❌ Roles missing: {', '.join(found.missing_roles)}")
        rows.append(f"→ `{prefix}setup-roles` creates them.")
    for one in found.blocked_roles:
        why = "has permissions" if one.standing == "privileged" else "is above my own role"
        rows.append(f"⚠️ Role **{one.name}** {why}, so I do not assign it")
    rows += [f"⚠️ Duplicate role: {embeds.plain(name, 100)}" for name in found.duplicate_roles]
    rows += [f"➕ Not in the layout: {embeds.plain(label, 100)}" for label in found.extra_channels]
    rows += [f"➕ Other role: {embeds.plain(name, 100)}" for name in found.extra_roles]
    return rows


def _amount(plan: Plan) -> str:
    parts = []
    if plan.new_categories:
        parts.append(words.count(len(plan.new_categories), "category", "categories"))
    if plan.new_channels:
        parts.append(words.count(len(plan.new_channels), "channel"))
    return " and ".join(parts)


def _touches_private(plan: Plan) -> bool:
    return PRIVATE in plan.new_categories or any(title == PRIVATE for title, _ in plan.new_channels)


def welcome_set(channel_id: int) -> discord.Embed:
    """The outcome of `welcome set`."""
    return embeds.card("", (f"New members are welcomed in <#{channel_id}>, like this:",), status="on")


def welcome_off(*, was_on: bool) -> discord.Embed:
    """The outcome of `welcome off`."""
    text = "New members are no longer welcomed." if was_on else "The welcome was already off."
    return embeds.card("", (text,), status="off")


def welcome_preview(channel_id: int | None, prefix: str, *, there: bool) -> discord.Embed:
    """Where the welcome is posted; `there` is whether the bot can see that channel."""
    if channel_id is None:
        text = (
            f"The welcome is **off**; `{prefix}welcome set #channel` switches it on. It would look like this:"
        )
    elif there:
        text = f"The welcome is **on**, in <#{channel_id}>. It looks like this:"
    else:
        text = (
            "The welcome is **on**, but I cannot see its channel, so nobody is welcomed; "
            f"`{prefix}welcome set #channel` chooses another. It would look like this:"
        )
    status = "off" if channel_id is None else "on" if there else "warn"
    return embeds.card("", (text,), status=status)
