"""Embed of `status`, short enough for a phone."""

from __future__ import annotations

import discord

from bot.cards import status as status_card
from bot.text import embeds, words
from state.status.records import StatusView


def status(view: StatusView) -> discord.Embed:
    """The assessment, the six values, and the state of each part."""
    facts = (
        f"**Agents** {status_card.agents(view)}",
        f"**Gateway** {status_card.gateway(view)}",
        f"**Webhooks** {_webhooks(view)}",
        f"**Ritual** {status_card.ritual(view)}",
        f"**Up** since {embeds.relative(view.started_at)}",
        f"**Data** changed {embeds.relative(view.state_changed_at)} ({_origin(view)})",
    )
    return status_card.card(view, "Helix", facts, f"{view.version} · Tat Tvam Asi")


def _origin(view: StatusView) -> str:
    return f"version {view.state_version}, {embeds.plain(view.state_source, 40)}"


def _webhooks(view: StatusView) -> str:
    queues = view.webhooks
    waiting = f"{queues.inbox_waiting} in, {queues.outbox_waiting} out waiting"
    opened = queues.open_breakers
    return f"{waiting} · {words.count(opened, 'breaker')} not closed" if opened else waiting
