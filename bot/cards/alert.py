"""Embeds and list lines of alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.text import embeds
from state.alerts import Alert

if TYPE_CHECKING:
    from bot.parts import HelixBot

_SIGNS = {"critical": "🔴", "warning": "🟡"}
_STATUS = {"critical": "fail", "warning": "warn"}


def card(alert: Alert, *, show_people: bool) -> discord.Embed:
    """One alert in full; the embed changes only when the alert does."""
    lines = [embeds.plain(alert.detail, 900)] if alert.detail else []
    raised = f"Raised {embeds.relative(alert.raised_at)} ({embeds.absolute(alert.raised_at)})"
    lines.append(" · ".join((raised, *_fate(alert, show_people=show_people))))
    over = alert.cleared_at is not None
    return embeds.card(
        f"{sign(alert)} {embeds.plain(alert.summary, 200)}",
        lines,
        status="pass" if over else _STATUS[alert.severity],
        footer=mark(alert),
    )


def posted(bot: HelixBot, alert: Alert, channel_id: int) -> discord.Embed:
    """The embed for a channel; names are shown in the home server only."""
    guild = getattr(bot.get_channel(channel_id), "guild", None)
    return card(alert, show_people=guild is not None and guild.id == bot.home_guild_id)


def line(alert: Alert, *, show_people: bool) -> str:
    """One alert in a list."""
    facts = [f"raised {embeds.relative(alert.raised_at)}", *_fate(alert, show_people=show_people)]
    detail = f"{embeds.plain(alert.detail, 160)}\n" if alert.detail else ""
    head = f"{sign(alert)} **#{alert.id} {embeds.plain(alert.summary, 120)}** · {_word(alert)}"
    return f"{head}\n{detail}-# {' · '.join(facts)} · {embeds.plain(alert.key, 100)}"


def sign(alert: Alert) -> str:
    """The symbol of its severity, or of a cleared alert."""
    return "✅" if alert.cleared_at is not None else _SIGNS[alert.severity]


def mark(alert: Alert) -> str:
    """The footer that identifies an alert's message."""
    return f"Alert {alert.id} · {alert.key}"


def _word(alert: Alert) -> str:
    return "cleared" if alert.cleared_at is not None else alert.severity


def _fate(alert: Alert, *, show_people: bool) -> list[str]:
    facts = []
    if alert.acknowledged_at is not None:
        who = (
            f" by {embeds.plain(alert.acknowledged_by, 60)}" if show_people and alert.acknowledged_by else ""
        )
        facts.append(f"acknowledged{who} {embeds.relative(alert.acknowledged_at)}")
    if alert.cleared_at is not None:
        facts.append(f"cleared {embeds.relative(alert.cleared_at)}")
    return facts
