"""The lines about the collective that `status` and the telemetry message share."""

from __future__ import annotations

from datetime import datetime

from bot import embeds, words
from state.models import METRICS, judge
from state.status import StatusView, Trend

ARROWS: dict[Trend, str] = {"up": "↗", "down": "↘", "steady": "→"}
_GATEWAY = {"pass": "connected", "warn": "unsteady", "fail": "not connected"}


def values(view: StatusView) -> list[str]:
    """The six values, each with how it is and where it went."""
    found = view.ucf.as_dict()
    return [value(name, found[name], view.trends[name]) for name in METRICS]


def value(name: str, number: float, trend: Trend) -> str:
    """One value on one line."""
    return (
        f"{embeds.dot(judge(name, number))} `{number:.2f}` {ARROWS[trend]} **{name}** {METRICS[name].meaning}"
    )


def agents(view: StatusView) -> str:
    """How many are active."""
    return f"{view.agents_active} of {view.agents_total} active"


def gateway(view: StatusView) -> str:
    """How the connection to Discord is, and why where it is not well."""
    state = str(view.gateway.get("status"))
    reason = str(view.gateway.get("reason") or "")
    word = _GATEWAY.get(state, state)
    return f"{word}: {embeds.plain(reason, 120)}" if reason and reason != word else word


def ritual(view: StatusView) -> str:
    """Which one, and since when it runs or when it ended; nothing that would move by itself."""
    found = view.ritual
    if found is None:
        return "none yet"
    started, ended = found.get("started_at"), found.get("ended_at")
    what = f"{found.get('id')}, {words.count(int(str(found.get('steps', 0))), 'step')}"
    if isinstance(ended, datetime):
        return f"{what}, {found.get('status')} {embeds.relative(ended)}"
    return f"{what}, running, began {embeds.relative(started)}" if isinstance(started, datetime) else what
