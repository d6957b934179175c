"""How `setup` and `verify-setup` look."""

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
    """What would be created, a line for each category."""
    inside: dict[str, list[str]] = {}
    for title, name in plan.new_channels:
        inside.setdefault(title, []).append(name)
    lines = []
    for title in LAYOUT:
        new = title in plan.new_categories
        if new or title in inside:
            marks = f"{' (new)' if new else ''}{' 🔒' if title == PRIVATE else ''}"
            names = ", ".join(inside.get(title, ())) or "nothing in it is missing"
            lines.append(f"**{title}**{marks}: {names}")
    return "\n".join(lines)


def question(plan: Plan, services: Services) -> str:
    """What is asked before anything is created."""
    parts = [f"Create {_amount(plan)}?", missing(plan)]
    if _touches_private(plan):
        parts.append(f"Only admins and I see what is created in {PRIVATE}.")
    parts += ["\n".join(serving(services)), "What is there stays as it is."]
    return "\n\n".join(filter(None, parts))


def dry_run(plan: Plan, services: Services) -> discord.Embed:
    """What a run would do."""
    lines = [f"A run would create {_amount(plan)}.", "", missing(plan), ""] if plan.size else [_COMPLETE]
    return embeds.card("🏗️ Dry run", (*lines, *serving(services)), footer="Nothing was changed.")


def done(plan: Plan, report: Report, services: Services, prefix: str) -> discord.Embed:
    """What a run did."""
    created = f"Created {len(report.done)} of {plan.size} categories and channels."
    lines = [created] if plan.size else [_COMPLETE]
    if report.trouble is not None:
        lines.append(f"⚠️ {report.trouble} `{prefix}setup` goes on from here.")
    return embeds.card(
        "🏗️ The server's layout",
        (*lines, *serving(services)),
        status="warn" if report.trouble else "pass",
        footer="" if report.trouble else "A house with rooms for everyone.",
    )


def serving(services: Services) -> tuple[str, ...]:
    """Which channel serves what: as the layout has it, as a setting decides, or once it is created."""
    lines = [f"<#{channel}> serves {duty}." for duty, channel in services.chosen.items()]
    lines += [f"A setting decides which channel serves {duty}." for duty in services.decided]
    lines += [f"#{name} will serve {duty} once it is there." for duty, name in services.missing.items()]
    return tuple(lines)


def verify_pages(found: Findings, prefix: str) -> tuple[tuple[str, ...], ...]:
    """The findings, cut into pages."""
    return pages.cut(_findings(found, prefix), per_page=_ROWS_PER_PAGE)


def verified(found: Findings, page: int, prefix: str) -> discord.Embed:
    """One page of the findings."""
    cut = verify_pages(found, prefix)
    page = pages.within(page, len(cut))
    return embeds.card(
        "🔍 The server's set-up",
        cut[page],
        status="pass" if found.in_order else "warn",
        footer=pages.footer(page, len(cut)),
    )


_COMPLETE = "Every category and channel of the layout is there; nothing was created."


def _findings(found: Findings, prefix: str) -> list[str]:
    channels = f"**Channels** {found.channels} of {total_channels()}"
    rows = [f"{channels} · **roles** {found.roles} of {len(self_roles.NAMES)}"]
    if found.in_order:
        rows.append("✅ Nothing is missing, double or out of reach.")
    rows += [f"❌ I lack **{name}**: {why}" for name, why in found.permissions]
    if found.exposed:
        rows.append(f"❌ Everyone sees **{PRIVATE}** or a channel in it. Deny @everyone View Channel there.")
    rows += [f"❌ Category missing: **{name}**" for name in found.missing_categories]
    rows += [f"❌ Channel missing: #{name} in {title}" for title, name in found.missing_channels]
    if found.missing_categories or found.missing_channels:
        rows.append(f"→ `{prefix}setup` creates what is missing.")
    rows += [f"⚠️ There twice: {embeds.plain(label, 100)}" for label in found.duplicate_channels]
    if found.missing_roles:
        rows.append(f"❌ Roles missing: {', '.join(found.missing_roles)}")
        rows.append(f"→ `{prefix}setup-roles` creates them.")
    for one in found.blocked_roles:
        why = "carries permissions" if one.standing == "privileged" else "stands above my own role"
        rows.append(f"⚠️ Role **{one.name}** {why}, so it is not handed out")
    rows += [f"⚠️ Role there twice: {embeds.plain(name, 100)}" for name in found.duplicate_roles]
    rows += [f"➕ Beside the layout: {embeds.plain(label, 100)}" for label in found.extra_channels]
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
    """New members will be welcomed."""
    return embeds.card("", (f"New members are welcomed in <#{channel_id}>, like this:",), status="on")


def welcome_off(*, was_on: bool) -> discord.Embed:
    """Nobody will."""
    text = "New members are no longer welcomed." if was_on else "The welcome was off already."
    return embeds.card("", (text,), status="off")


def welcome_preview(channel_id: int | None, prefix: str, *, there: bool) -> discord.Embed:
    """Where it goes, if anywhere; `there` is whether the bot knows that channel."""
    if channel_id is None:
        text = (
            f"The welcome is **off**; `{prefix}welcome set #channel` switches it on. It would look like this:"
        )
    elif there:
        text = f"The welcome is **on**, in <#{channel_id}>. It looks like this:"
    else:
        text = (
            "The welcome is **on**, but its channel is gone or hidden from me, so nobody is welcomed; "
            f"`{prefix}welcome set #channel` chooses another. It would look like this:"
        )
    status = "off" if channel_id is None else "on" if there else "warn"
    return embeds.card("", (text,), status=status)
