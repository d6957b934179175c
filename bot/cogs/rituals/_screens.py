"""Embeds of the commands about rituals; `bot.cards.ritual` shows what a ritual changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import discord

from bot.cards import ritual
from bot.cards.ritual import SYMBOLS
from bot.cogs.rituals import _schedule
from bot.cogs.rituals._folklore import MEANINGS, Entry, moves
from bot.cogs.rituals._log import Log
from bot.replies import pages
from bot.text import embeds, words
from state.rituals.folklore import RANKS
from state.rituals.records import Replay, RitualRecord, RunningRitual
from state.rituals.rules import HARMONY_GOAL
from state.rituals.schedules import MOST_SCHEDULES, Schedule

_DOTS = {"done": "🟢", "running": "🔵", "cancelled": "🟡", "interrupted": "🟡", "failed": "🔴"}


def in_harmony(harmony: float) -> discord.Embed:
    """The reply when harmony is already good."""
    return embeds.card(
        "🪷 Harmony",
        (f"Harmony is {harmony:.2f} and good from {HARMONY_GOAL:g} up: there is nothing to raise.",),
        status="good",
        footer="Rest is a practice, too.",
    )


def log(view: Log, *, show_people: bool) -> pages.Shown:
    """One page of the rituals."""
    page = pages.Page(view.page, view.pages, view.records)
    if not view.records:
        return page.card("🌀 Rituals", ("There is no ritual yet. `/ritual` begins one.",))
    lines = [_line(record, view.running, show_people=show_people) for record in view.records]
    return page.card("🌀 Rituals", lines, footer=words.count(view.total, "ritual"))


def options(records: Sequence[RitualRecord]) -> list[discord.SelectOption]:
    """The menu of the rituals on one page."""
    return [
        discord.SelectOption(
            label=f"Ritual {record.id}",
            value=str(record.id),
            description=f"{record.kind}, {words.count(record.steps, 'step')}, {record.status}",
        )
        for record in records
    ]


def whole(record: RitualRecord, *, show_people: bool, replay: Replay | None = None) -> discord.Embed:
    """One ritual in full, with the result of its replay if there is one."""
    by = embeds.plain(record.actor.name, 60) if show_people and record.actor.name else record.actor.cause
    facts = [
        f"**Began** {embeds.absolute(record.started_at)}, by {by}",
        f"**Seed** `{record.seed}` · **algorithm** `{record.algorithm}` · **from version** "
        f"`{record.start.version}`"
        + (f" · **on version** `{record.finish.before.version}`" if record.finish else ""),
    ]
    fields = [] if replay is None else [embeds.Field("Replay", _replayed(replay))]
    return embeds.card(
        ritual.title(record),
        (*ritual.lines(record, show_people=show_people), "", *facts),
        status=None if replay is None else ("pass" if replay.matches else "fail"),
        fields=fields,
    )


def folklore(entries: Sequence[Entry]) -> discord.Embed:
    """Every kind of folklore."""
    ranks = Counter(entry.rank for entry in entries if entry.rank is not None)
    counts = " · ".join(f"{words.count(ranks[rank], *_plural(rank))}" for rank, _ in RANKS)
    return embeds.card(
        "📖 Folklore",
        (counts, ""),
        fields=[
            embeds.Field(f"{SYMBOLS.get(entry.kind, '')} {entry.kind}", "\n".join(_entry(entry)))
            for entry in entries
        ],
        footer="Met in one ritual, remembered in all.",
    )


def entry(view: Entry) -> discord.Embed:
    """One kind in full."""
    path = [
        f"{'✅' if view.encounters >= at else '▫️'} **{rank}** at {at}"
        + (f": {moves(rank)}" if moves(rank) else "")
        for rank, at in RANKS
    ]
    return embeds.card(
        f"{SYMBOLS.get(view.kind, '')} {view.kind}",
        (*_entry(view), "", *path),
        footer=MEANINGS.get(view.kind, ""),
    )


def schedules(
    known: Sequence[Schedule], number: int, *, show_people: bool, held: bool = False
) -> pages.Shown:
    """One page of the schedules; `held` means that Manus is halted, so none starts."""
    lines = [_schedule_line(one, show_people=show_people) for one in known]
    page = pages.pick(lines, number, per_page=_schedule.PER_PAGE)
    if not known:
        return page.card("⏰ Schedules", ("No schedule yet. `/schedule add every 6h 27` adds one.",))
    note = ("Manus is halted: due rituals wait until `/resume`.", "") if held else ()
    return page.card(
        "⏰ Schedules",
        (*note, *page.parts),
        status="warn" if held else None,
        footer=f"{len(known)} of {MOST_SCHEDULES} · cron is in UTC",
    )


def added(schedule: Schedule) -> discord.Embed:
    """The added schedule."""
    return embeds.card(
        f"⏰ Schedule {schedule.id}",
        (
            f"`{schedule.rule}`, {words.count(schedule.steps, 'step')} each.",
            f"**Next** {embeds.absolute(schedule.next_at)} ({embeds.relative(schedule.next_at)})",
        ),
        status="pass",
        footer="Missed runs are caught up with a single run.",
    )


def removed(schedule: Schedule) -> discord.Embed:
    """The removed schedule."""
    return embeds.card(f"⏰ Schedule {schedule.id}", (f"`{schedule.rule}` was removed.",), status="pass")


def removal_question(schedule: Schedule) -> str:
    """The question before a removal."""
    return (
        f"Remove schedule {schedule.id}: `{schedule.rule}`, {words.count(schedule.steps, 'step')} each? "
        f"Its next run is {embeds.relative(schedule.next_at)}."
    )


def _line(record: RitualRecord, running: RunningRitual | None, *, show_people: bool) -> str:
    parts = [f"{_DOTS[record.status]} **{record.id}** {record.kind}, {words.count(record.steps, 'step')}"]
    if running is not None and running.id == record.id:
        parts.append(f"at step {running.step}")
    elif record.ended_at is not None:
        parts.append(f"{record.status} {embeds.relative(record.ended_at)}")
    else:
        parts.append(record.status)
    if record.finish is not None and record.finish.promotions:
        parts.append("✨ " + ", ".join(record.finish.promotions))
    if show_people and record.actor.name:
        parts.append(f"by {embeds.plain(record.actor.name, 40)}")
    elif record.actor.name is None:
        parts.append(f"by {record.actor.cause}")
    return " · ".join(parts)


def _replayed(replay: Replay) -> str:
    if replay.matches:
        return "✅ The replay gives the same numbers as the record."
    return "\n".join(("❌ The replay differs from the record:", *replay.differences))


def _entry(view: Entry) -> list[str]:
    if view.rank is None or view.last_seen is None:
        return ["Not met yet."]
    met = words.count(view.encounters, "ritual")
    lines = [f"**{view.rank}** · met in {met} · last {embeds.relative(view.last_seen)}"]
    if view.coming is None:
        return [*lines, "It is a law, the highest rank."]
    step = embeds.bar(view.encounters, 0, view.coming.at)
    return [*lines, f"{step} {view.coming.rank} at {view.coming.at}, {view.coming.missing} to go"]


def _plural(rank: str) -> tuple[str, str]:
    return (rank, "anomalies") if rank == "anomaly" else (rank, f"{rank}s")


def _schedule_line(schedule: Schedule, *, show_people: bool) -> str:
    last = "not run yet"
    if schedule.last_at is not None:
        last = f"last {embeds.relative(schedule.last_at)} (ritual {schedule.last_ritual})"
    by = f" · by {embeds.plain(schedule.actor.name, 40)}" if show_people and schedule.actor.name else ""
    return (
        f"**{schedule.id}** `{schedule.rule}` · {words.count(schedule.steps, 'step')}\n"
        f"-# next {embeds.absolute(schedule.next_at)} · {last}{by}"
    )
