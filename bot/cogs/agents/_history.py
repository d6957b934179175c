"""`history`: an agent's entries in the journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from state.agents import AgentSpec
from state.journal import LIMIT, Journal, JournalEntry

MOST_DAYS = 365


@dataclass(frozen=True, slots=True)
class History:
    """An agent's entries, newest first and at most 500; `total` counts all of them.

    Attributes:
        newest_id: the newest entry; passing it again gives the same list, without newer entries.
    """

    entries: tuple[JournalEntry, ...]
    total: int
    newest_id: int


async def fetch_history(
    journal: Journal, agent: AgentSpec, *, since: datetime, newest_id: int | None = None
) -> History:
    """An agent's entries since a moment."""
    before_id = None if newest_id is None else newest_id + 1
    entries = await journal.entries(subject=agent.name, since=since, before_id=before_id, limit=LIMIT)
    # Below the limit these are all the entries, so a count query is not needed.
    total = len(entries) if len(entries) < LIMIT else await journal.count(subject=agent.name, since=since)
    return History(entries, total, entries[0].id if entries else 0)


def describe(entry: JournalEntry) -> str:
    """What happened, without names and reasons."""
    if entry.kind == "report":
        return f"reported by {entry.cause}: {_value(entry.after)}"
    return f"{_value(entry.before)} → {_value(entry.after)}"


def _value(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping) and isinstance(value.get("status"), str):
        task = value.get("task")
        return f"{value['status']}, {task}" if task else str(value["status"])
    return msgspec.json.encode(value).decode()
