"""The table `inbox`: incoming events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from core.store.moments import from_us
from core.store.tx import Tx
from core.webhooks.records import InboxEvent
from core.webhooks.table import handling_table

_SELECT: Final = "SELECT seq, id, type, received_us, data FROM inbox"
# Ordered by id, whose index starts with the oldest; any other order would scan the whole table.
_PRUNE: Final = (
    "DELETE FROM inbox WHERE seq IN (SELECT seq FROM inbox WHERE id < ? AND NOT EXISTS (SELECT 1 FROM "
    "handling WHERE event = seq AND status IN ('accepted', 'processing', 'failed')) ORDER BY id LIMIT ?)"
)


def find(tx: Tx, event_id: str) -> InboxEvent | None:
    """The event with that id; None if there is none."""
    found = _read(tx, "WHERE id = ?", (event_id,))
    return found[0] if found else None


def page(tx: Tx, *, dead_only: bool, before_seq: int | None, limit: int) -> tuple[InboxEvent, ...]:
    """Events, newest first, at most `limit`; `before_seq` is the last `seq` of the previous page."""
    conditions, values = ["seq > 0"], list[int]()
    if dead_only:
        conditions.append("seq IN (SELECT event FROM handling WHERE status = 'dead')")
    if before_seq is not None:
        conditions.append("seq < ?")
        values.append(before_seq)
    return _read(tx, f"WHERE {' AND '.join(conditions)} ORDER BY seq DESC LIMIT {limit:d}", values)


def keyed(tx: Tx, after_id: str, before_id: str, most: int) -> tuple[str, ...]:
    """The ids of events with an idempotency key between two ids, oldest first, at most `most`."""
    rows = tx.execute(
        "SELECT id FROM inbox WHERE id > ? AND id < ? AND key IS NOT NULL ORDER BY id LIMIT ?",
        (after_id, before_id, most),
    )
    return tuple(str(row[0]) for row in rows)


def free_keys(tx: Tx, ids: Sequence[str]) -> None:
    """Frees the idempotency keys of these events."""
    tx.executemany("UPDATE inbox SET key = NULL WHERE id = ?", ((each,) for each in ids))


def prune(tx: Tx, before_id: str, most: int) -> int:
    """Deletes at most `most` finished events before an id; returns how many."""
    return tx.execute(_PRUNE, (before_id, most)).rowcount


def _read(tx: Tx, where: str, values: Sequence[str | int]) -> tuple[InboxEvent, ...]:
    rows = tx.execute(f"{_SELECT} {where}", values).fetchall()
    return tuple(
        InboxEvent(
            seq=seq,
            id=event_id,
            type=kind,
            received_at=from_us(received_us),
            data=bytes(data),
            handlers=handling_table.of_event(tx, seq),
        )
        for seq, event_id, kind, received_us, data in rows
    )
