"""The tables `deliveries` and `attempts`: each outgoing event for each destination."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from core.store.moments import from_us
from core.store.tx import Tx
from core.webhooks.records import Attempt, Delivery, DeliveryStatus

_COLUMNS: Final = (
    "deliveries.id, outbox.id, outbox.type, destination, status, attempts, created_us, next_us, "
    "finished_us, last_status, last_error, receipt"
)
_FROM: Final = "FROM deliveries JOIN outbox ON outbox.seq = deliveries.event"
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
_REVIVE: Final = (
    "UPDATE deliveries SET status = 'waiting', attempts = 0, next_us = ?, finished_us = NULL, "
    "told_us = NULL, last_error = NULL WHERE status = 'dead' AND id = ? "
    "AND (destination IN (SELECT id FROM subscriptions) OR destination IN ({configured}))"
)
_ATTEMPTS_SHOWN: Final = 20


def count_open(tx: Tx) -> tuple[int, int]:
    """The numbers of waiting deliveries and of dead letters."""
    waiting, dead = tx.execute(
        "SELECT (SELECT count(*) FROM deliveries WHERE status = 'waiting'), "
        "(SELECT count(*) FROM deliveries WHERE status = 'dead')"
    ).fetchone()
    return int(waiting), int(dead)


def count_by_status(tx: Tx) -> dict[str, int]:
    """The number of deliveries by status."""
    return dict(tx.execute("SELECT status, count(*) FROM deliveries GROUP BY status ORDER BY status"))


def find(tx: Tx, delivery: int) -> tuple[Delivery, bytes, tuple[Attempt, ...]] | None:
    """One delivery with its payload and its newest 20 attempts; None if there is none."""
    row = tx.execute(f"SELECT {_COLUMNS}, payload {_FROM} WHERE deliveries.id = ?", (delivery,)).fetchone()
    if row is None:
        return None
    tried = tx.execute(
        "SELECT number, at_us, took_us, status, error FROM attempts WHERE delivery = ? "
        "ORDER BY number DESC LIMIT ?",
        (delivery, _ATTEMPTS_SHOWN),
    )
    attempts = tuple(
        Attempt(number=number, at=from_us(at), took_s=took / 1e6, status=status, error=error)
        for number, at, took, status, error in tried
    )
    return _delivery(row[:-1]), bytes(row[-1]), attempts


def page(
    tx: Tx, *, status: DeliveryStatus | None, event_id: str | None, before_id: int | None, limit: int
) -> tuple[Delivery, ...]:
    """Deliveries, newest first, at most `limit`; `before_id` is the last id of the previous page."""
    conditions, values = ["deliveries.id > 0"], list[str | int]()
    for condition, value in (
        ("status = ?", status),
        ("outbox.id = ?", event_id),
        ("deliveries.id < ?", before_id),
    ):
        if value is not None:
            conditions.append(condition)
            values.append(value)
    query = (
        f"SELECT {_COLUMNS} {_FROM} WHERE {' AND '.join(conditions)} "
        f"ORDER BY deliveries.id DESC LIMIT {limit:d}"
    )
    return tuple(_delivery(row) for row in tx.execute(query, values))


def dead_since(tx: Tx, since_us: int) -> tuple[int, ...]:
    """Ids of the dead letters that died at or after a time, oldest first."""
    rows = tx.execute(
        "SELECT id FROM deliveries WHERE status = 'dead' AND finished_us >= ? ORDER BY id", (since_us,)
    )
    return tuple(int(row[0]) for row in rows)


def replay(tx: Tx, delivery: int, now_us: int, configured: Sequence[str]) -> bool:
    """Re-queues a dead letter with reset attempts; False if it is not dead or its destination is gone.

    Its destination exists if it is a REST hook or one of those `configured`.
    """
    statement = _REVIVE.format(configured=", ".join("?" * len(configured)) or "NULL")
    return tx.execute(statement, (now_us, delivery, *configured)).rowcount > 0


def note_receipt(tx: Tx, delivery: str, outcome: str) -> bool:
    """Stores a receipt in the open transaction; `delivery` is the event's id or the delivery's number."""
    if delivery.isascii() and delivery.isdigit() and len(delivery) <= 18:
        by_number = "UPDATE deliveries SET receipt = ? WHERE id = ?"
        return tx.execute(by_number, (outcome, int(delivery))).rowcount > 0
    by_event = "UPDATE deliveries SET receipt = ? WHERE event = (SELECT seq FROM outbox WHERE outbox.id = ?)"
    return tx.execute(by_event, (outcome, delivery)).rowcount > 0


def due_by_destination(tx: Tx) -> list[tuple[str, int]]:
    """Each destination with waiting deliveries, and when its first is due, in microseconds."""
    return [(str(name), int(next_us)) for name, next_us in tx.execute(_BY_DESTINATION)]


def due(tx: Tx, destination: str, now_us: int, most: int) -> list[tuple[int, int, str, str, bytes]]:
    """At most `most` due deliveries of a destination: id, attempts, and the event's id, type and payload."""
    return tx.execute(
        "SELECT deliveries.id, attempts, outbox.id, type, payload FROM deliveries "
        "JOIN outbox ON outbox.seq = event WHERE destination = ? AND status = 'waiting' "
        "AND next_us <= ? ORDER BY next_us, deliveries.id LIMIT ?",
        (destination, now_us, most),
    ).fetchall()


def is_over(tx: Tx, delivery: int) -> bool:
    """Whether a delivery no longer waits: its hook was removed, or disabled."""
    row = tx.execute("SELECT 1 FROM deliveries WHERE id = ? AND status = 'waiting'", (delivery,)).fetchone()
    return row is None


def event_of(tx: Tx, delivery: int, status: DeliveryStatus) -> tuple[str, str, int] | None:
    """Id, type and time of the event of a delivery that waits or has this status; None otherwise."""
    row: tuple[str, str, int] | None = tx.execute(
        "SELECT outbox.id, type, at_us FROM deliveries JOIN outbox ON outbox.seq = event "
        "WHERE deliveries.id = ? AND status IN ('waiting', ?)",
        (delivery, status),
    ).fetchone()
    return row


def add_attempt(
    tx: Tx, delivery: int, at_us: int, took_us: int, *, status: int | None, error: str | None
) -> None:
    """Records an attempt; numbers continue after a replay, although the delivery's count starts again."""
    tx.execute(
        "INSERT INTO attempts (delivery, number, at_us, took_us, status, error) "
        "SELECT ?1, coalesce(max(number), 0) + 1, ?2, ?3, ?4, ?5 FROM attempts WHERE delivery = ?1",
        (delivery, at_us, took_us, status, error),
    )


def settle(
    tx: Tx,
    delivery: int,
    status: DeliveryStatus,
    attempts: int,
    *,
    next_us: int,
    finished_us: int | None,
    last_status: int | None,
    last_error: str | None,
) -> None:
    """Stores the state of a delivery after an attempt."""
    tx.execute(
        "UPDATE deliveries SET status = ?, attempts = ?, next_us = ?, finished_us = ?, last_status = ?, "
        "last_error = ? WHERE id = ?",
        (status, attempts, next_us, finished_us, last_status, last_error, delivery),
    )


def end_waiting(tx: Tx, name: str, now_us: int, why: str, *, notified_us: int | None = None) -> int:
    """Turns the waiting deliveries of a destination into dead letters; returns how many.

    Pass the present time as `notified_us` to suppress the notice about them.
    """
    return tx.execute(
        "UPDATE deliveries SET status = 'dead', finished_us = ?, last_error = ?, told_us = ? "
        "WHERE destination = ? AND status = 'waiting'",
        (now_us, why, notified_us, name),
    ).rowcount


def _delivery(row: tuple[Any, ...]) -> Delivery:
    """Converts a row of `_COLUMNS`."""
    return Delivery(
        id=row[0],
        event_id=row[1],
        type=row[2],
        destination=row[3],
        status=row[4],
        attempts=row[5],
        created_at=from_us(row[6]),
        next_at=from_us(row[7]) if row[4] == "waiting" else None,
        finished_at=None if row[8] is None else from_us(row[8]),
        last_status=row[9],
        last_error=row[10],
        receipt=row[11],
    )
