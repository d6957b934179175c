"""The table `outbox`: outgoing events."""

from __future__ import annotations

from typing import Final

from core.store.tx import Tx

_PRUNE: Final = (
    "DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox WHERE id < ? AND NOT EXISTS (SELECT 1 FROM "
    "deliveries WHERE event = seq AND status = 'waiting') ORDER BY id LIMIT ?)"
)


def insert(tx: Tx, event_id: str, kind: str, at_us: int, payload: bytes) -> int:
    """Inserts an event; returns its seq."""
    (seq,) = tx.execute(
        "INSERT INTO outbox (id, type, at_us, payload) VALUES (?, ?, ?, ?) RETURNING seq",
        (event_id, kind, at_us, payload),
    ).fetchone()
    return int(seq)


def newest(tx: Tx, kind: str, most: int) -> tuple[bytes, ...]:
    """The newest payloads of a type, newest first, at most `most`."""
    rows = tx.execute("SELECT payload FROM outbox WHERE type = ? ORDER BY seq DESC LIMIT ?", (kind, most))
    return tuple(bytes(row[0]) for row in rows)


def prune(tx: Tx, before_id: str, most: int) -> int:
    """Deletes at most `most` events before an id that have no waiting delivery; returns how many."""
    return tx.execute(_PRUNE, (before_id, most)).rowcount
