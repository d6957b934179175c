"""The progress of each handler with each incoming event."""

from __future__ import annotations

import sqlite3
from typing import Final

from core.webhooks.retries import SCHEDULE_S

DUE: Final = (
    "SELECT event FROM handling WHERE handler = ? AND status IN ('accepted', 'failed') AND next_us <= ? "
    "ORDER BY next_us, event LIMIT 1"
)


def take_back(connection: sqlite3.Connection, name: str, now_us: int) -> int:
    """Re-queues unfinished work; returns how many had no attempt left and are dead now.

    The limit ends the loop of an event whose handling crashes the process at each start.
    """
    rows = connection.execute(
        "UPDATE handling SET error = 'cut off by a stop', "
        "status = CASE WHEN attempts < ?1 THEN 'failed' ELSE 'dead' END, "
        "finished_us = CASE WHEN attempts < ?1 THEN NULL ELSE ?2 END, next_us = min(next_us, ?2) "
        "WHERE status = 'processing' AND handler = ?3 RETURNING status",
        (len(SCHEDULE_S), now_us, name),
    )
    return sum(status == "dead" for (status,) in rows)


def finish(connection: sqlite3.Connection, event_id: str, name: str, result: str | None, at_us: int) -> None:
    """Marks a handler as done with an event, and stores its result."""
    connection.execute(
        "UPDATE handling SET status = 'done', finished_us = ?, error = NULL, result = ? "
        "WHERE handler = ? AND event = (SELECT seq FROM inbox WHERE id = ?)",
        (at_us, result, name, event_id),
    )


def fail(connection: sqlite3.Connection, row: tuple[str, str, int | None, int | None, str, str]) -> bool:
    """Records a failure; False if the handling is done already."""
    changed = connection.execute(
        "UPDATE handling SET status = ?, error = ?, next_us = coalesce(?, next_us), finished_us = ? "
        "WHERE handler = ? AND event = (SELECT seq FROM inbox WHERE id = ?) AND status = 'processing'",
        row,
    )
    return changed.rowcount > 0


def next_due_us(connection: sqlite3.Connection, name: str) -> int | None:
    """When a handler's next attempt is due; None if nothing waits for it."""
    row = connection.execute(
        "SELECT min(next_us) FROM handling WHERE handler = ? AND status IN ('accepted', 'failed')", (name,)
    ).fetchone()
    return None if row[0] is None else int(row[0])


def mark_done(connection: sqlite3.Connection, event: int, handler: str, at_us: int) -> None:
    """Marks a handler as done with an event, in the same transaction as its effect."""
    connection.execute(
        "UPDATE handling SET status = 'done', finished_us = ?, error = NULL WHERE event = ? AND handler = ?",
        (at_us, event, handler),
    )
