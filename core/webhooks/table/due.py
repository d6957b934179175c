"""Which deliveries are due: for whom, and which of them next."""

from __future__ import annotations

import sqlite3
from typing import Final

import msgspec

from core.webhooks.destinations import Destination, Destinations
from core.webhooks.sending import Message

# From one destination to the next in the index, past all that waits for each: a long queue costs nothing.
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
    """A delivery that is to be tried now; `attempts` are those before."""

    id: int
    attempts: int
    message: Message


def due_by_destination(connection: sqlite3.Connection) -> list[tuple[str, int]]:
    """For each destination that something waits for: when the first of it is due, in microseconds."""
    rows = connection.execute(_BY_DESTINATION)
    return [(str(name), int(next_us)) for name, next_us in rows]


def next_batch(
    destinations: Destinations, name: str, now_us: int, most: int, connection: sqlite3.Connection
) -> tuple[Destination | None, tuple[Due, ...]]:
    """What is due for a destination, at most so many; None where there is no such destination any more."""
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
    """Whether it waits no longer: its hook was removed, or switched off."""
    row = connection.execute(
        "SELECT 1 FROM deliveries WHERE id = ? AND status = 'waiting'", (delivery,)
    ).fetchone()
    return row is None
