"""Embeds of `metrics`."""

from __future__ import annotations

import discord

from bot.cogs.monitoring._metrics import MetricsView, Traffic, WebhookCounts
from bot.text import embeds, words
from core.cache import CacheStats
from state.slo.objectives import Objective

_TITLES = {"http": "📈 HTTP", "commands": "📈 Commands", "cache": "📈 Caches", "webhooks": "📈 Webhooks"}


def metrics(view: MetricsView) -> discord.Embed:
    """The overview, or one section."""
    if view.section is None:
        return _overview(view)
    lines: tuple[str, ...]
    if view.section == "webhooks":
        lines = _webhooks(view.webhooks)
    elif view.section == "cache":
        lines = (f"**Hit rate** {_share(view.hit_rate)}", "", *map(_cache, view.caches))
    else:
        whole = view.http if view.section == "http" else view.commands
        lines = (_traffic(whole, "All"), *(_traffic(row, words.quoted(row.name)) for row in view.rows))
    return embeds.card(_TITLES[view.section], lines, footer="Since the start of this process")


def _overview(view: MetricsView) -> discord.Embed:
    memory = "unknown here" if view.memory_bytes is None else words.size(view.memory_bytes)
    last_s, worst_s = view.lag_s
    lines = (
        _traffic(view.http, "HTTP"),
        _traffic(view.commands, "Commands"),
        f"**Cache hit rate** {_share(view.hit_rate)}",
        f"**Memory** {memory}",
        f"**Event-loop lag** {words.duration(last_s)} (worst {words.duration(worst_s)} in a minute)",
    )
    over = words.covered((view.slo.until - view.slo.since).total_seconds())
    objectives = "\n".join(map(objective, view.slo.promises))
    return embeds.card(
        "📈 Metrics",
        lines,
        status="warn" if view.slo.missed else "pass",
        fields=[embeds.Field(f"Objectives {over}".rstrip(), objectives)],
        footer="Everything else since the start of this process",
    )


def _webhooks(counts: WebhookCounts) -> tuple[str, ...]:
    lag = "–" if counts.lag_p95_s is None else words.duration(counts.lag_p95_s)
    share = "" if counts.delivered_share is None else f"{_share(counts.delivered_share)} delivered · "
    return (
        f"**In** {counts.accepted} accepted · {counts.duplicates} duplicates",
        f"-# {counts.handled} handled · {counts.given_up} given up",
        f"**Out** {counts.delivered} delivered · {counts.failed} failed attempts · {counts.dead} dead",
        f"-# {share}p95 from event to delivery: {lag}",
    )


def objective(measured: Objective) -> str:
    """One objective with its bound, and its value or why there is none."""
    say = words.percent if measured.unit == "ratio" else words.duration
    mark = {True: "✅", False: "❌", None: "⚪"}[measured.met]
    now = "too few yet" if measured.samples else "no data yet"
    if measured.value is not None:
        now = say(measured.value)
    return f"{mark} {measured.title} {measured.comparison} {say(measured.target)}: {now}"


def _traffic(row: Traffic, name: str) -> str:
    if not row.count:
        return f"**{name}** nothing yet"
    failed = f"{row.failed} failed ({_share(row.failed_share)})" if row.failed else "none failed"
    times = [row.p50_s, row.p95_s, row.p99_s]
    quantiles = " / ".join("–" if time_s is None else words.duration(time_s) for time_s in times)
    return f"**{name}** {row.count} · {failed}\n-# p50 / p95 / p99: {quantiles}"


def _cache(stats: CacheStats) -> str:
    age = "" if stats.oldest_age_s is None else f" · oldest {stats.oldest_age_s:.0f} s"
    hits = "not used yet" if stats.hit_rate is None else f"{words.percent(stats.hit_rate)} hits"
    return f"**{embeds.plain(stats.name, 60)}** {hits} · {stats.size} of {stats.max_entries}{age}"


def _share(share: float | None) -> str:
    return "no data yet" if share is None else words.percent(share)
