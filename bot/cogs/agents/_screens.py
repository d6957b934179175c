"""Embeds of the commands about agents."""

from __future__ import annotations

import re
from datetime import datetime

import discord

from bot.cogs.agents._history import History, describe
from bot.cogs.agents._roster import Roster, Sheet
from bot.replies import pages
from bot.text import embeds, words
from state.agents import AgentSpec, AgentView
from state.journal import JournalEntry

ENTRIES_PER_PAGE = 8

# Counters hold moments in the API's format, with a time zone.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)\Z")

# The footer for each layer.
_LORE = {
    "Consciousness": "They ask why.",
    "Operational": "They do the work.",
    "Integration": "They hold it together.",
}


def roster(view: Roster) -> discord.Embed:
    """The agents, one field per layer."""
    fields = [
        embeds.Field(layer, "\n".join(_line(agent) for agent in agents)) for layer, agents in view.layers
    ]
    lore = _LORE[view.layers[0][0]] if len(view.layers) == 1 else "Fourteen, and one collective."
    return embeds.card(
        "The collective", (f"{view.active} of {view.total} active",), fields=fields, footer=lore
    )


def sheet(view: Sheet) -> discord.Embed:
    """One agent in full."""
    agent, check = view.view, view.check
    rows = [f"{embeds.dot(agent.status)} **{agent.status}**{_since(agent)}"]
    if agent.detail:
        rows.append(embeds.plain(agent.detail, 300))
    if check is not None and check.action:
        rows.append(f"→ {embeds.advice(check.action, 300)}")
    rows += ["", f"**Layer** {agent.layer}", f"**Bound to** {agent.subsystem}"]
    if agent.task:
        rows.append(f"**Task** {embeds.plain(agent.task, 300)}")
    if agent.load is not None:
        rows.append(f"**Load** {embeds.bar(agent.load, 0, 1)} {agent.load:.0%}")
    if check is not None:
        observed = _observed(check.observed_value, check.observed_unit)
        rows.append(f"**Check** {embeds.plain(check.name, 60)}: {check.status}{observed}")
    rows += [_counter(name, value) for name, value in agent.counters.items()]
    return embeds.card(
        f"{agent.symbol} {agent.name} – {agent.role}", rows, status=agent.status, footer=_LORE[agent.layer]
    )


def history(view: History, agent: AgentSpec, days: int, number: int, *, show_people: bool) -> pages.Shown:
    """One page of an agent's entries; who and why only with `show_people`."""
    lines = [_entry(entry, show_people=show_people) for entry in view.entries]
    page = pages.pick(lines, number, per_page=ENTRIES_PER_PAGE)
    span = "day" if days == 1 else f"{days} days"
    title = f"{agent.symbol} {agent.name}"
    if not lines:
        return page.card(title, (f"Nothing in the journal for the last {span}. A quiet one.",))
    count = words.count(len(lines), "entry", "entries")
    if view.total > len(lines):
        count = f"the newest {len(lines)} of {view.total}"
    return page.card(f"{title}, last {span}", page.parts, footer=count)


def wisdom(text: str, agent: AgentSpec) -> discord.Embed:
    """One saying and its agent."""
    return embeds.card("", (f"“{text}”", f"– {agent.symbol} **{agent.name}**, {agent.role}"))


def _line(agent: AgentView) -> str:
    load = "" if agent.load is None else f" · load {agent.load:.0%}"
    place = " · external" if agent.external else ""
    return f"{embeds.dot(agent.status)} {agent.symbol} **{agent.name}** {agent.status}{load}{place}"


def _since(agent: AgentView) -> str:
    if agent.since is None:
        return ""
    return (
        f" reported {embeds.relative(agent.since)}"
        if agent.external
        else f" since {embeds.relative(agent.since)}"
    )


def _observed(value: float | str | None, unit: str | None) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return f", {words.measured(value, unit)}"
    return f", {embeds.plain(' '.join(filter(None, (value, unit))), 100)}"


def _counter(name: str, value: float | str) -> str:
    """A counter in readable form; the last part of its name is the unit."""
    what, _, unit = name.rpartition("_")
    if isinstance(value, str):
        text = _moment(value) or embeds.plain(value, 100)
    elif unit in {"bytes", "s"}:
        name, text = what, words.measured(value, unit)
    else:
        text = words.number(value)
    return f"**{embeds.plain(name.replace('_', ' '), 60)}** {text}"


def _moment(value: str) -> str | None:
    """The value as a Discord timestamp, or None if it is not a moment."""
    if _MOMENT.match(value) is None:
        return None
    try:
        return embeds.relative(datetime.fromisoformat(value))
    except ValueError:
        return None


def _entry(entry: JournalEntry, *, show_people: bool) -> str:
    line = f"{embeds.absolute(entry.at)} {embeds.plain(describe(entry), 200)}"
    who = f"by {embeds.plain(entry.actor, 60)}" if entry.actor else ""
    why = embeds.plain(entry.reason, 200) if entry.reason else ""
    people = " · ".join(filter(None, (who, why)))
    return f"{line}\n-# {people}" if people and show_people else line
