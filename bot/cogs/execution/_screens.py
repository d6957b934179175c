"""Embeds of directives."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.cogs.execution._jobs import Job
from bot.cogs.execution._run import Followed
from bot.replies import pages
from bot.text import embeds, processes, words
from core.text.visible_text import without_directions
from state.directives.halting import read_stopped
from state.directives.records import Directive, DirectiveStatus, Halt, Halted, LogLine

JOBS_PER_PAGE = 8
_LOG_SHOWN = 12

_MARKS: dict[DirectiveStatus, str] = {
    "queued": "⏳", "running": "▶️", "done": "✅", "failed": "❌", "refused": "⚖️", "cancelled": "🚫",
}  # fmt: skip
_COLOURS: dict[DirectiveStatus, str | None] = {
    "queued": None, "running": None, "done": "pass", "failed": "fail", "refused": "warn", "cancelled": "off",
}  # fmt: skip
_HANDS = "Manus, the hands: one thing at a time."
_SHIELD = "Kavach judges by the Tony Accords; /ethics shows them."


def followed(seen: Followed) -> discord.Embed:
    """A directive while its reply is kept up to date."""
    one = seen.directive
    lines = [_state(one)]
    if one.status == "queued":
        if seen.halted:
            lines.append("Manus is halted: this directive waits until `/resume`.")
        elif seen.waiting_before:
            lines.append(f"{words.count(seen.waiting_before, 'directive')} ahead of it.")
        elif one.started_at is not None:
            lines.append("Helix is shutting down; the directive runs again after the restart.")
    if one.steps:
        lines.append(f"{embeds.bar(one.step, 0, one.steps, width=12)} {one.step} of {one.steps}")
    if one.result is not None:
        lines.append(embeds.plain(one.result, 600))
    if seen.whom:
        lines.append(seen.whom)
    footer = _SHIELD if one.status == "refused" else f"{_HANDS} · /jobs {one.id} shows the log."
    return embeds.card(_title(one), lines, status=_COLOURS[one.status], footer=footer)


def job(view: Job) -> discord.Embed:
    """One directive in full."""
    one = view.directive
    lines = [_state(one)]
    if one.result is not None:
        lines.append(embeds.plain(one.result, 600))
    lines += ["", f"**Submitted** {embeds.absolute(one.queued_at)}{_by(view.asker)}"]
    if one.started_at is not None:
        again = f", {one.attempts} times" if one.attempts > 1 else ""
        lines.append(f"**Started** {embeds.absolute(one.started_at)}{again}")
    if one.finished_at is not None:
        took = ""
        if one.started_at is not None:
            took = f", after {words.duration((one.finished_at - one.started_at).total_seconds())}"
        lines.append(f"**Ended** {embeds.absolute(one.finished_at)}{took}")
    fields = (embeds.Field("Log", "\n".join(_log(view.log))),) if view.log else ()
    return embeds.card(_title(one), lines, status=_COLOURS[one.status], fields=fields)


def queue(page: pages.Page[Directive], halt: Halt | None, *, waiting: int, show_people: bool) -> pages.Shown:
    """One page of the queue; `waiting` counts the directives that wait on all pages."""
    lines = [_line(one, show_people=show_people) for one in page.parts]
    if halt is not None:
        lines[:0] = [f"**Manus is halted** since {_halted(halt, show_people=show_people)}", ""]
    if not page.parts:
        lines.append("There is no directive yet. `/run` submits one.")
    footer = f"{waiting} waiting" if page.parts else _HANDS
    return page.card("Directives", lines, status=None if halt is None else "warn", footer=footer)


def options(shown: Sequence[Directive]) -> list[discord.SelectOption]:
    """The menu of the directives on one page."""
    return [
        discord.SelectOption(
            label=embeds.clip(f"{one.id}: {without_directions(one.text)}", 100),
            value=str(one.id),
            description=one.status,
            emoji=_MARKS[one.status],
        )
        for one in shown
    ]


def halted(halt: Halt | None, outcome: Halted, *, waiting: int, show_people: bool) -> discord.Embed:
    """The outcome of `halt`."""
    lines = [
        "Manus is halted. Nothing new starts, even after a restart."
        if outcome.first
        else "Manus is already halted."
    ]
    if halt is not None:
        lines.append(f"**Since** {_halted(halt, show_people=show_people)}")
    if outcome.cancelled is not None:
        lines.append(f"**Cancelled** {outcome.cancelled}; field and folklore are unchanged.")
    if outcome.running is not None:
        lines.append(f"**Still running** {embeds.plain(outcome.running, 100)}; it runs to its end.")
    lines.append(f"**Waiting** {words.count(waiting, 'directive')}, until `/resume`.")
    lines += processes.each(outcome.replies, _stopped)
    return embeds.card("Halted", lines, status="warn", footer="Rest is part of the work.")


def _stopped(answer: str) -> str:
    stopped = read_stopped(answer)
    cancelled = "" if stopped.cancelled is None else f"cancelled {embeds.plain(stopped.cancelled, 100)}"
    running = "" if stopped.running is None else f"finishes {embeds.plain(stopped.running, 100)}"
    return ", ".join(filter(None, (cancelled, running))) or "nothing ran"


def resumed(*, first: bool, waiting: int) -> discord.Embed:
    """The outcome of `resume`."""
    text = "Manus works again." if first else "Manus was not halted."
    return embeds.card(
        "Resumed", (text, f"**Waiting** {words.count(waiting, 'directive')}"), status="pass", footer=_HANDS
    )


def _halted(halt: Halt, *, show_people: bool) -> str:
    why = f": {embeds.plain(halt.reason, 300)}" if halt.reason and show_people else ""
    return f"{embeds.relative(halt.since)}{_by(halt.actor.name if show_people else None)}{why}"


def _title(one: Directive) -> str:
    return f"Directive {one.id}: {embeds.plain(one.text, 150)}"


def _state(one: Directive) -> str:
    return f"{_MARKS[one.status]} **{one.status}**"


def _line(one: Directive, *, show_people: bool) -> str:
    when = one.finished_at or one.started_at or one.queued_at
    return (
        f"{_MARKS[one.status]} `{one.id}` {embeds.plain(one.text, 80)} · {one.status} "
        f"{embeds.relative(when)}{_by(one.actor.name if show_people else None)}"
    )


def _by(name: str | None) -> str:
    return f" by {embeds.plain(name, 60)}" if name else ""


def _log(lines: Sequence[LogLine]) -> list[str]:
    left_out = len(lines) - _LOG_SHOWN
    shown = [f"{embeds.clock(line.at)} {embeds.plain(line.text, 70)}" for line in lines[-_LOG_SHOWN:]]
    return [f"… {left_out} earlier lines", *shown] if left_out > 0 else shown
