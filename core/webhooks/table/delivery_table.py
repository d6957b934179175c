"""Which deliveries are due, by destination."""

from __future__ import annotations

import sqlite3
from typing import Final

import msgspec

from core.webhooks.destinations import Destination, Destinations
from core.webhooks.sending import Message

# Skips from destination to destination in the index, so the cost does not grow with the queues.
_BY_DESTINATION: Final = """
    WITH RECURSIVE found (name) AS (
        SELECT min(destination) FROM deliveries WHERE status = 'waiting'
        UNION ALL
        SELECT (SELECT min(destination) FROM deliveries WHERE status = 'waiting' AND destination > name)
        FROM found WHERE name IS NOT NULL
    )
    SELECT name, (SELECT min(next_us) FROM deliveries WHERE status = 'waiting' AND destination = name)
    FROM found WHERE name IS NOT NULL
"""


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that is due; `attempts` counts the earlier attempts."""

    id: int
    attempts: int
    message: Message


def due_by_destination(connection: sqlite3.Connection) -> list[tuple[str, int]]:
    """Each destination with waiting deliveries, and when its first is due, in microseconds."""
    rows = connection.execute(_BY_DESTINATION)
    return [(str(name), int(next_us)) for name, next_us in rows]


def next_batch(
    destinations: Destinations, name: str, now_us: int, most: int, connection: sqlite3.Connection
) -> tuple[Destination | None, tuple[Due, ...]]:
    """A destination (None if it no longer exists) and its due deliveries, at most `most`."""
    rows = connection.execute(
        "SELECT deliveries.id, attempts, outbox.id, type, payload FROM deliveries "
        "JOIN outbox ON outbox.seq = event WHERE destination = ? AND status = 'waiting' "
        "AND next_us <= ? ORDER BY next_us, deliveries.id LIMIT ?",
        (name, now_us, most),
    ).fetchall()
    batch = tuple(
        Due(id=delivery, attempts=attempts, message=Message(id=event_id, type=kind, payload=bytes(payload)))
        for delivery, attempts, event_id, kind, payload in rows
    )
    return (destinations.find(connection, name) if batch else None), batch


def is_over(delivery: int, connection: sqlite3.Connection) -> bool:
    """Whether a delivery no longer waits: its hook was removed, or disabled."""
    row = connection.execute(
        "SELECT 1 FROM deliveries WHERE id = ? AND status = 'waiting'", (delivery,)
    ).fetchone()
    return row is None
