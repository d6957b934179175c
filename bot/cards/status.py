"""The lines that `status` and the telemetry message share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import discord

from bot.text import embeds, words
from state.models import METRICS, judge
from state.status.assessment import overall
from state.status.records import StatusView, Trend

ARROWS: dict[Trend, str] = {"up": "↗", "down": "↘", "steady": "→"}
_GATEWAY = {"pass": "connected", "warn": "unsteady", "fail": "not connected"}


def card(view: StatusView, title: str, facts: Sequence[str], footer: str) -> discord.Embed:
    """The assessment, the six values and some facts."""
    status = overall(view.status, view.ucf)
    body = (embeds.plain(view.assessment, 500), "", *values(view), arrows(view.trends_since), "", *facts)
    return embeds.card(f"{embeds.dot(status)} {title}", body, status=status, footer=footer)


def values(view: StatusView) -> list[str]:
    """The six values, each with its judgement and trend."""
    found = view.ucf.as_dict()
    return [value(name, found[name], view.trends[name]) for name in METRICS]


def arrows(since: datetime | None) -> str:
    """A line that says what the trend arrows compare with."""
    if since is None:
        return "-# Arrows: against an hour ago"
    return f"-# Arrows: since {embeds.relative(since)}, when the history begins"


def value(name: str, number: float, trend: Trend) -> str:
    """One value on one line."""
    return (
        f"{embeds.dot(judge(name, number))} `{number:.2f}` {ARROWS[trend]} **{name}** {METRICS[name].meaning}"
    )


def agents(view: StatusView) -> str:
    """The number of active agents."""
    return f"{view.agents_active} of {view.agents_total} active"


def gateway(view: StatusView) -> str:
    """The state of the connection to Discord, with the reason if it is not good."""
    state, reason = view.gateway.status, view.gateway.reason
    word = _GATEWAY.get(state, state)
    return f"{word}: {embeds.plain(reason, 120)}" if reason and reason != word else word


def ritual(view: StatusView) -> str:
    """The running or last ritual, without its progress, which would change at each step."""
    found = view.ritual
    if found is None:
        return "none yet"
    what = f"{found.id}, {words.count(found.steps, 'step')}"
    if found.ended_at is None:
        return f"{what}, running, began {embeds.relative(found.started_at)}"
    return f"{what}, {found.status} {embeds.relative(found.ended_at)}"
