"""The embed of a week's digest."""

from __future__ import annotations

from datetime import datetime

import discord

from bot.cards import ritual
from bot.cards import status as status_card
from bot.text import embeds, words
from state.models import METRICS
from state.status.assessment import build_trends
from state.views.week import Week

_LISTED = 5
_ENDS = frozenset({"done", "failed", "cancelled", "refused"})
_EARLY_ENDS = ("cancelled", "interrupted", "failed")


def card(week: Week, *, commands: int | None, drawn: bool) -> discord.Embed:
    """The digest of a week.

    Args:
        week: the counts.
        commands: the number of commands; None if unknown.
        drawn: whether a chart is attached (as a file, since an embed's picture has no alt text).
    """
    lines = [*_field(week)]
    if week.begun is not None:
        lines.append(f"-# The history begins {embeds.absolute(week.begun)}.")
    lines += ["", *_facts(week)]
    if commands is not None:
        lines.append(f"**Commands** {commands}")
    if not drawn:
        lines += ["", "-# The chart could not be drawn; `/trend` draws one."]
    return embeds.card(f"🗓️ The week to {_day(week.until)}", lines, footer=mark(week.until))


def mark(until: datetime) -> str:
    """The footer that identifies a week's digest."""
    return f"Arrows: over the seven days to {until:%Y-%m-%d %H:%M} UTC · Tat Tvam Asi"


def chart_title(week: Week) -> str:
    """The title of the chart."""
    return f"The field, {_day(week.since)} to {_day(week.until)}"


def _field(week: Week) -> list[str]:
    if week.after is None:
        return ["There is no data about the field in this week."]
    trends = build_trends(week.after, week.before)
    after = week.after.as_dict()
    before = after if week.before is None else week.before.as_dict()
    return [
        f"{status_card.value(name, after[name], trends[name])}{_moved(after[name] - before[name])}"
        for name in METRICS
    ]


def _facts(week: Week) -> list[str]:
    facts = [f"**Rituals** {_rituals(week)}"]
    if week.promotions:
        shown = [
            f"{ritual.SYMBOLS.get(kind, '')} {kind} → {rank}".strip()
            for kind, rank in week.promotions[:_LISTED]
        ]
        facts.append(f"**Folklore** {_listed(shown, len(week.promotions))}")
    facts.append(f"**Alerts** {_alerts(week)}")
    facts.append(f"**Tuned** {words.count(week.tunes, 'time')}{_edits(week)}")
    if week.directives:
        told = [f"{number} {status}" for status, number in sorted(week.directives.items()) if status in _ENDS]
        facts += [f"**Directives** {', '.join(told)}"] if told else []
    if week.agents:
        shown = [f"{name} {number}×" for name, number in list(week.agents.items())[:_LISTED]]
        facts.append(f"**Agents that changed** {_listed(shown, len(week.agents))}")
    failed = f", {week.backups_failed} failed" if week.backups_failed else ""
    facts.append(f"**Backups** {week.backups_made} made{failed}")
    return facts


def _rituals(week: Week) -> str:
    done = week.rituals.get("done", 0)
    early = [f"{week.rituals[status]} {status}" for status in _EARLY_ENDS if status in week.rituals]
    return ", ".join((f"{done} done" if done or early else "none", *early))


def _alerts(week: Week) -> str:
    if not week.alerts_raised and not week.alerts_cleared:
        return "none"
    return f"{week.alerts_raised} raised, {week.alerts_cleared} cleared"


def _edits(week: Week) -> str:
    return f", {words.count(week.edits, 'edit')} of the file" if week.edits else ""


def _listed(shown: list[str], count: int) -> str:
    more = f" and {count - len(shown)} more" if count > len(shown) else ""
    return f"{', '.join(shown)}{more}"


def _moved(by: float) -> str:
    return "" if abs(by) < 0.005 else f" {by:+.2f}"


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B}"
