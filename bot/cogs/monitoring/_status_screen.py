"""How `status` looks: the collective on one phone screen."""

from __future__ import annotations

from datetime import datetime

import discord

from bot import embeds, words
from state.models import METRICS, judge
from state.status import StatusView, Trend

_ARROWS = {"up": "↗", "down": "↘", "steady": "→"}
_GATEWAY = {"pass": "connected", "warn": "unsteady", "fail": "not connected"}


def status(view: StatusView) -> discord.Embed:
    """Assessment, the six values, what is connected, and since when."""
    values = view.ucf.as_dict()
    lines = [_value(name, values[name], view.trends[name]) for name in METRICS]
    facts = (
        f"**Agents** {view.agents_active} of {view.agents_total} active",
        f"**Gateway** {_gateway(view)}",
        f"**Webhooks** {view.webhooks.get('status', 'unknown')}",
        f"**Ritual** {_ritual(view)}",
        f"**Up** since {embeds.relative(view.started_at)}",
        f"**Data** changed {embeds.relative(view.state_changed_at)} ({_origin(view)})",
    )
    return embeds.card(
        f"{embeds.dot(view.status)} Helix",
        (view.assessment, "", *lines, "", *facts),
        status=view.status,
        footer=f"Arrows: against an hour ago · {view.version} · Tat Tvam Asi",
    )


def _value(name: str, value: float, trend: Trend) -> str:
    mark = embeds.dot(judge(name, value))
    return f"{mark} `{value:.2f}` {_ARROWS[trend]} **{name}** {METRICS[name].meaning}"


def _origin(view: StatusView) -> str:
    return f"version {view.state_version}, {embeds.plain(view.state_source, 40)}"


def _gateway(view: StatusView) -> str:
    state = str(view.gateway.get("status"))
    reason = str(view.gateway.get("reason") or "")
    word = _GATEWAY.get(state, state)
    return f"{word}: {embeds.plain(reason, 120)}" if reason and reason != word else word


def _ritual(view: StatusView) -> str:
    """Which one, and since when it runs or when it ended; nothing that would move by itself."""
    ritual = view.ritual
    if ritual is None:
        return "none yet"
    started, ended = ritual.get("started_at"), ritual.get("ended_at")
    what = f"{ritual.get('id')}, {words.count(int(str(ritual.get('steps', 0))), 'step')}"
    if isinstance(ended, datetime):
        return f"{what}, {ritual.get('status')} {embeds.relative(ended)}"
    return f"{what}, running, began {embeds.relative(started)}" if isinstance(started, datetime) else what
