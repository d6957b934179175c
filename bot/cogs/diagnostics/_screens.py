"""Embeds of the self-test."""

from __future__ import annotations

import discord

from bot.cogs.diagnostics._model import Report, Result
from bot.cogs.diagnostics._report import MARKS, summary, verdict
from bot.text import embeds, words

TITLE = "🧪 Self-test"
_LORE = "Every star was counted, and none was missing."
_LORE_RED = "Every star was counted; those that are missing have names."


def step(result: Result) -> str:
    """One line of the progress."""
    return f"{MARKS[result.outcome]} {embeds.plain(result.name)}: {words.duration(result.took_s)}"


def report(result: Report, *, trouble: str | None) -> discord.Embed:
    """The result: failures, warnings and skipped checks, then the counts per group.

    Args:
        result: the self-test's report.
        trouble: why the report could not be saved; None if it was saved.
    """
    lines = [
        summary(result),
        *(_line(one) for outcome in ("fail", "warn", "skipped") for one in result.ended(outcome)),
    ]
    if trouble is not None:
        lines.append(f"🟡 The report is attached, but could not be saved: {embeds.plain(trouble)}")
    groups = embeds.Field("By group", "\n".join(_groups(result)))
    warned = result.outcome == "pass" and result.counts.get("warn")
    return embeds.card(
        f"{TITLE}: {verdict(result)}",
        lines,
        status="warn" if warned else result.outcome,
        fields=(groups,),
        footer=_LORE if result.outcome == "pass" else _LORE_RED,
    )


def _line(result: Result) -> str:
    mark = f"{MARKS[result.outcome]} **{embeds.plain(result.name)}** {result.outcome}"
    return f"{mark}: {embeds.plain(result.text, 200)}" if result.text else mark


def _groups(report: Report) -> list[str]:
    rows = []
    for group in dict.fromkeys(result.group for result in report.results):
        results = [result for result in report.results if result.group == group]
        passed = sum(result.outcome == "pass" for result in results)
        took = words.duration(sum(result.took_s for result in results))
        rows.append(f"**{group}** {passed} of {len(results)} passed, {took}")
    return rows
