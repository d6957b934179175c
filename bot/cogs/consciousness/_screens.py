"""Embeds of the level, the emotions and the ethics."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.cogs.consciousness._emotions import Landscape
from bot.cogs.consciousness._ethics import PRINCIPLES
from bot.cogs.consciousness._level import BANDS, Level, Part, clarity
from bot.text import embeds, words
from state.directives import policy
from state.journal import JournalEntry

_STATUS = {"radiant": "good", "lucid": "good", "aware": "fair", "waking": "fair"}
_STEADY = 0.05
_MARKS = {
    "joy": "☀️", "calm": "🌊", "curiosity": "🔭", "courage": "🦁",
    "devotion": "🪔", "worry": "🌧️", "weariness": "🌙",
}  # fmt: skip


def level(view: Level) -> discord.Embed:
    """The level with its band, its parts, and what changed it."""
    lines = [
        f"{embeds.bar(view.value, 0, 100, width=12)} **{view.value:.0f}** of 100, **{view.band}**",
        f"-# {_bands(view.band)}",
    ]
    agent = view.agent
    if agent is not None:
        load = "" if agent.load is None else f", load {agent.load:.0%}"
        lines.append(
            f"{embeds.dot(agent.status)} {agent.name} is {agent.status}{load} and sees "
            f"{clarity(agent):.0%} of the level {view.whole:.0f}."
        )
    lines += ["", f"**Since 24 h ago** {_moved_by(view)}", ""]
    lines += [_part(part) for part in view.parts]
    title = "Consciousness" if agent is None else f"Consciousness, seen by {agent.symbol} {agent.name}"
    return embeds.card(
        title,
        lines,
        status=_STATUS.get(view.band, "critical"),
        footer="Points per value; a good value gives its maximum · Tat Tvam Asi",
    )


def emotions(view: Landscape) -> discord.Embed:
    """The seven emotions as bars, strongest first."""
    strongest = view.emotions[0]
    activity = view.activity
    lines = [f"Mostly **{strongest.name}**.", ""]
    for one in view.emotions:
        lines.append(f"{_MARKS[one.name]} {embeds.bar(one.value, 0, 1)} `{one.value:.2f}` **{one.name}**")
        lines.append(f"-# {one.made_of}")
    counts = (
        f"{words.count(activity.entries, 'journal entry', 'journal entries')} and "
        f"{words.count(activity.rituals, 'ritual')} in 24 h, "
        f"{words.count(activity.open_alerts, 'alert')} open"
    )
    return embeds.card("Emotions", lines, footer=f"Computed from the six values, {counts}")


def ethics(decisions: Sequence[JournalEntry], *, show_people: bool) -> discord.Embed:
    """The four principles, and the last decisions; who asked and why only with `show_people`."""
    lines = [f"**{name.capitalize()}** {text}" for name, text in PRINCIPLES.items()]
    lines += ["", "**The last decisions**"]
    said = [_decision(one, show_people=show_people) for one in decisions]
    lines += said or ["None yet: Kavach has not been asked to judge anything."]
    return embeds.card("The Tony Accords", lines, footer="Kavach judges every directive before Manus runs it")


def _bands(band: str) -> str:
    return " · ".join(
        f"**{name} {least}**" if name == band else f"{name} {least}" for least, name in BANDS[::-1]
    )


def _moved_by(view: Level) -> str:
    if view.moved is None:
        return "not known yet: the journal is younger than 24 h"
    movers = [part for part in view.parts if part.moved is not None and abs(part.moved) >= _STEADY]
    if not movers:
        return "steady: no value has changed"
    named = ", ".join(f"{part.metric} {_signed(part.moved or 0.0)}" for part in movers[:3])
    return f"{_signed(view.moved)} points: {named}"


def _part(part: Part) -> str:
    bar = embeds.bar(part.points, 0, part.most, width=8)
    return f"{bar} `{part.points:4.1f}/{part.most:4.1f}` {part.metric}"


def _signed(points: float) -> str:
    return f"{'+' if points >= 0 else '−'}{abs(points):.1f}"


def _decision(entry: JournalEntry, *, show_people: bool) -> str:
    mark, word = ("✅", "approved") if entry.after == policy.APPROVED else ("⛔", "refused")
    under = f", {embeds.plain(str(entry.before), 40)}" if entry.before else ""
    who = f" for {embeds.plain(entry.actor, 60)}" if entry.actor and show_people else ""
    line = f"{mark} **{embeds.plain(entry.subject, 60)}** {word}{who} {embeds.relative(entry.at)}{under}"
    return f"{line}\n-# {embeds.plain(entry.reason, 160)}" if entry.reason and show_people else line
