"""The embed of an ended ritual."""

from __future__ import annotations

import discord

from bot.text import embeds, words
from core.text.numbers import plain
from state.change import Actor
from state.models import METRICS, judge
from state.rituals.records import Finish, RitualRecord

SYMBOLS = {"flare": "🔥", "void": "🕳️", "echo": "🔊", "resonance": "🎶"}
_TITLES = {"z88": "🌀 Ritual", "harmony": "🪷 Harmony ritual"}
_LORE = {"z88": "What was met is remembered. Tat Tvam Asi", "harmony": "Neti neti: not this, not that."}
_STATUS = {"done": "pass", "running": None, "cancelled": "warn", "interrupted": "warn", "failed": "fail"}
_ENDED = {
    "cancelled": "Cancelled",
    "interrupted": "Interrupted by a crash",
    "failed": "Failed: the result could not be saved",
}


def title(record: RitualRecord) -> str:
    """The title of a ritual."""
    return f"{_TITLES.get(record.kind, _TITLES['z88'])} {record.id}"


def ended(record: RitualRecord, *, show_people: bool) -> discord.Embed:
    """The result: what the ritual changed, or that it changed nothing."""
    return embeds.card(
        title(record),
        lines(record, show_people=show_people),
        status=_STATUS.get(record.status),
        footer=_LORE.get(record.kind, "") if record.status == "done" else "",
    )


def lines(record: RitualRecord, *, show_people: bool) -> tuple[str, ...]:
    """The lines of the result: values before and after, anomalies, promotions; or why it ended early."""
    if record.finish is None:
        return _early(record, show_people=show_people)
    finish = record.finish
    span = ""
    if record.ended_at is not None:
        span = f" in {words.duration((record.ended_at - record.started_at).total_seconds())}"
    return (
        f"Done: {words.count(record.steps, 'step')}{span}.",
        "",
        *_moves(finish),
        "",
        *_met(record, finish),
        *_edited(record, finish),
    )


def promotion(text: str) -> str:
    """A readable line for a promotion such as "flare: legend"."""
    kind, _, rank = text.partition(": ")
    return f"✨ {SYMBOLS.get(kind, '')} **{kind}** is now a {rank}"


def who(actor: Actor | None, reason: str | None, *, show_people: bool) -> str:
    """Who and why, if people may be shown; else empty."""
    if actor is None or not show_people:
        return ""
    parts = [f"by {embeds.plain(actor.name, 60)}" if actor.name else "", embeds.plain(reason or "", 200)]
    return ": ".join(filter(None, parts))


def _early(record: RitualRecord, *, show_people: bool) -> tuple[str, ...]:
    if record.status == "running":
        return (f"Running: {words.count(record.steps, 'step')}, began {embeds.relative(record.started_at)}.",)
    at = "" if record.status == "interrupted" else f" at step {record.step} of {record.steps}"
    told = who(record.ended_by, record.reason, show_people=show_people)
    return (
        f"{_ENDED.get(record.status, record.status)}{at}{f' ({told})' if told else ''}.",
        "The field and the folklore are unchanged.",
    )


def _moves(finish: Finish) -> list[str]:
    before, after = finish.before.ucf.as_dict(), finish.ucf.as_dict()
    return [
        f"{embeds.dot(judge(name, after[name]))} **{name}** `{before[name]:.2f}` → `{after[name]:.2f}`"
        + (f" ({_moved(after[name] - before[name])})" if after[name] != before[name] else "")
        for name in METRICS
    ]


def _moved(by: float) -> str:
    return f"{'+' if by > 0 else '−'}{plain(abs(by), 3)}"


def _met(record: RitualRecord, finish: Finish) -> list[str]:
    if record.kind == "harmony":
        return ["**Anomalies** none in a harmony ritual"]
    met = [f"{SYMBOLS.get(kind, '')} {kind} {times}" for kind, times in finish.anomalies.items()]
    count = sum(finish.anomalies.values())
    found = f"**Anomalies** {' · '.join(met)} ({count} in all)" if met else "**Anomalies** none this time"
    promotions = [promotion(one) for one in finish.promotions]
    return [found, *(promotions or ["**Promotions** none this time"])]


def _edited(record: RitualRecord, finish: Finish) -> list[str]:
    if record.start.ucf == finish.before.ucf:
        return []
    return ["-# The field was edited while it ran; the edits are kept."]
