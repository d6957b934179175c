"""How `status` looks: the collective on one phone screen."""

from __future__ import annotations

import discord

from bot import embeds
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
    if view.ritual is None:
        return "none yet"
    return embeds.plain(", ".join(f"{name} {value}" for name, value in view.ritual.items()), 120)
