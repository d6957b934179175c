"""Embeds of the commands about the field."""

from __future__ import annotations

from datetime import datetime

import discord

from bot.cards import alert as alert_card
from bot.cogs.field._alerts import AlertsView
from bot.cogs.field._field import FieldView, Row
from bot.cogs.field._tune import Tuned
from bot.replies import pages
from bot.text import embeds, words
from state.alerts import Alert
from state.alerts.hysteresis import MARGIN_SHARE
from state.models import METRICS, Metric, judge

_ORDER = ("critical", "fair", "good")
_STEADY = 0.005


def field(view: FieldView) -> discord.Embed:
    """The values with their bars, ranges and bounds, and what to do next."""
    lines = [_row(row) for row in view.rows]
    worst = min((row.judgement for row in view.rows), key=_ORDER.index)
    one = view.rows[0].metric if len(view.rows) == 1 else None
    if one is not None:
        lines += _more(view.rows[0])
    known = "" if view.rows[0].moved is None else "Changes since 24 hours ago · "
    title = f"{one.name.capitalize()}, {one.meaning}" if one is not None else "The field"
    return embeds.card(
        title,
        (*lines, "", f"→ {view.advice}"),
        status=worst,
        footer=f"{known}Tat Tvam Asi",
    )


def alerts(view: AlertsView, page: pages.Page[Alert], *, show_people: bool) -> pages.Shown:
    """One page of alerts."""
    there = [alert.severity for alert in view.alerts if alert.cleared_at is None]
    head = f"{words.count(len(there), 'alert')} open" if there else "No alert is open."
    lines = [head, *(f"🔕 {name} is muted until {embeds.relative(at)}" for name, at in view.mutes.items())]
    status = "fail" if "critical" in there else "warn" if there else "pass"
    shown = [alert_card.line(alert, show_people=show_people) for alert in page.parts]
    rule = f"An alert opens past a critical bound and clears {MARGIN_SHARE:.0%} of the range inside it."
    return page.card("Alerts", (*lines, "", *shown), status=status, footer=rule)


def muted(metric: str, until: datetime) -> discord.Embed:
    """The outcome of `mute`."""
    text = f"🔕 Alerts for **{metric}** are muted until {embeds.absolute(until)}."
    return embeds.card(
        "",
        (
            text,
            "They are listed but not posted. `/alerts mute` with `off` ends the mute.",
        ),
    )


def unmuted(metric: str, *, was: bool) -> discord.Embed:
    """The outcome of `mute` with `off`."""
    text = f"🔔 Alerts for **{metric}** are posted again." if was else f"**{metric}** was not muted."
    return embeds.card("", (text,))


def tuned(result: Tuned, reason: str | None) -> discord.Embed:
    """The value before and after."""
    metric = METRICS[result.metric]
    after = judge(metric.name, result.after)
    mark = embeds.dot(after)
    if not result.changed:
        return embeds.card(
            "",
            (f"{mark} **{metric.name}** is already {words.metric(result.after)}: nothing was changed.",),
            status=after,
        )
    moved = _moved(result.after - result.before)
    lines = [
        f"{mark} {words.metric(result.before)} → **{words.metric(result.after)}** ({moved})",
        f"{embeds.bar(result.before, metric.low, metric.high)} before, {judge(metric.name, result.before)}",
        f"{embeds.bar(result.after, metric.low, metric.high)} now, {after}",
    ]
    if reason:
        lines.append(f"-# {embeds.plain(reason, 300)}")
    return embeds.card(f"{metric.name} tuned", lines, status=after, footer=_bounds(metric))


def _row(row: Row) -> str:
    metric = row.metric
    moved = "" if row.moved is None else f" · {_moved(row.moved)}"
    return (
        f"{embeds.dot(row.judgement)} **{metric.name}** {metric.meaning}, {row.judgement}\n"
        f"{embeds.bar(row.value, metric.low, metric.high, width=12)} "
        f"`{row.value:.2f}` of {metric.low:g}–{metric.high:g}{moved}\n-# {_bounds(metric)}"
    )


def _more(row: Row) -> list[str]:
    lines = []
    if row.expected is not None:
        one = row.expected
        lines.append(f"**In an hour** {one.value:.2f}, between {one.low:.2f} and {one.high:.2f} (95%)")
    if row.muted_until is not None:
        lines.append(f"🔕 Its alerts are muted until {embeds.relative(row.muted_until)}.")
    return lines


def _bounds(metric: Metric) -> str:
    good = f"good {metric.good_low:g} to {metric.good_high:g}"
    critical = []
    if metric.critical_low is not None:
        critical.append(f"below {metric.critical_low:g}")
    if metric.critical_high is not None:
        critical.append(f"above {metric.critical_high:g}")
    return f"{good} · critical {' or '.join(critical)}"


def _moved(amount: float) -> str:
    if abs(amount) < _STEADY:
        return "→ steady"
    return f"{'↗ +' if amount > 0 else '↘ −'}{abs(amount):.2f}"
