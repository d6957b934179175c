"""The table `handling`: the progress of each handler with each incoming event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from core.store.moments import from_us
from core.store.tx import Tx
from core.webhooks.records import Handling
from core.webhooks.retries import SCHEDULE_S

# All that is wanted at once: on PostgreSQL every look at an answer is a wait.
_DUE: Final = (
    "SELECT event, attempts + 1, coalesce(first_us, ?2), id, type, data, received_us "
    "FROM handling JOIN inbox ON inbox.seq = event "
    "WHERE handler = ?1 AND status IN ('accepted', 'failed') AND next_us <= ?2 "
    "ORDER BY next_us, event LIMIT 1"
)
_BEGIN: Final = (
    "UPDATE handling SET status = 'processing', attempts = ?, first_us = ? WHERE event = ? AND handler = ?"
)
# Each query has its own index.
_OPEN: Final = (
    "SELECT count(*) FROM handling WHERE status IN ('accepted', 'failed')",
    "SELECT count(*) FROM handling WHERE status = 'processing'",
)


def count_open(tx: Tx) -> int:
    """The number of unfinished handlings."""
    return sum(int(tx.execute(query).fetchone()[0]) for query in _OPEN)


def count_by_status(tx: Tx) -> dict[str, int]:
    """The number of handlings by status."""
    return dict(tx.execute("SELECT status, count(*) FROM handling GROUP BY status ORDER BY status"))


def of_event(tx: Tx, event: int) -> tuple[Handling, ...]:
    """The handlings of an event, ordered by handler."""
    rows = tx.execute(
        "SELECT handler, status, attempts, error, result, next_us FROM handling WHERE event = ? "
        "ORDER BY handler",
        (event,),
    )
    return tuple(
        Handling(
            name=name,
            status=status,
            attempts=attempts,
            error=error,
            result=result,
            next_at=from_us(next_us) if status in {"accepted", "failed"} else None,
        )
        for name, status, attempts, error, result, next_us in rows
    )


def begin(tx: Tx, name: str, now_us: int) -> tuple[Any, ...] | None:
    """Begins the next attempt that is due for a handler.

    Returns the event's seq, the number of this attempt, the time of the first one, and the event's id, type,
    data and time of arrival (times in microseconds); None if nothing is due.
    """
    row: tuple[Any, ...] | None = tx.execute(_DUE, (name, now_us)).fetchone()
    if row is not None:
        seq, attempt, first_us, *_ = row
        tx.execute(_BEGIN, (attempt, first_us, seq, name))
    return row


def take_back(tx: Tx, name: str, now_us: int) -> int:
    """Re-queues unfinished work; returns how many had no attempt left and are dead now.

    The limit ends the loop of an event whose handling crashes the process at each start.
    """
    rows = tx.execute(
        "UPDATE handling SET error = 'cut off by a stop', "
        "status = CASE WHEN attempts < ?1 THEN 'failed' ELSE 'dead' END, "
        "finished_us = CASE WHEN attempts < ?1 THEN NULL ELSE ?2 END, "
        "next_us = CASE WHEN next_us < ?2 THEN next_us ELSE ?2 END "
        "WHERE status = 'processing' AND handler = ?3 RETURNING status",
        (len(SCHEDULE_S), now_us, name),
    )
    return sum(status == "dead" for (status,) in rows)


def finish(tx: Tx, event_id: str, name: str, result: str | None, at_us: int) -> None:
    """Marks a handler as done with an event, and stores its result."""
    tx.execute(
        "UPDATE handling SET status = 'done', finished_us = ?, error = NULL, result = ? "
        "WHERE handler = ? AND event = (SELECT seq FROM inbox WHERE id = ?)",
        (at_us, result, name, event_id),
    )


def fail(tx: Tx, row: tuple[str, str, int | None, int | None, str, str]) -> bool:
    """Records a failure; False if the handling is done already."""
    changed = tx.execute(
        "UPDATE handling SET status = ?, error = ?, next_us = coalesce(?, next_us), finished_us = ? "
        "WHERE handler = ? AND event = (SELECT seq FROM inbox WHERE id = ?) AND status = 'processing'",
        row,
    )
    return changed.rowcount > 0


def next_due_us(tx: Tx, name: str) -> int | None:
    """When a handler's next attempt is due; None if nothing waits for it."""
    row = tx.execute(
        "SELECT min(next_us) FROM handling WHERE handler = ? AND status IN ('accepted', 'failed')", (name,)
    ).fetchone()
    return None if row[0] is None else int(row[0])


def mark_done(tx: Tx, event: int, handler: str, at_us: int) -> None:
    """Marks a handler as done with an event, in the same transaction as its effect."""
    tx.execute(
        "UPDATE handling SET status = 'done', finished_us = ?, error = NULL WHERE event = ? AND handler = ?",
        (at_us, event, handler),
    )


def replay(tx: Tx, event_id: str, now_us: int) -> tuple[str, ...]:
    """Re-queues the dead handlings of an event with reset attempts; returns the handlers' names."""
    rows = tx.execute(
        "UPDATE handling SET status = 'accepted', attempts = 0, next_us = ?2, finished_us = NULL, "
        "error = NULL WHERE status = 'dead' AND event = (SELECT seq FROM inbox WHERE id = ?1) "
        "RETURNING handler",
        (event_id, now_us),
    )
    return tuple(sorted(str(name) for (name,) in rows))


def known_results(tx: Tx, handler: str, wanted: Sequence[str]) -> frozenset[str]:
    """Those of `wanted` that a handler has stored as its result for some event."""
    marks = ", ".join("?" * len(wanted))
    rows = tx.execute(
        f"SELECT result FROM handling WHERE handler = ? AND result IN ({marks})",  # noqa: S608 - marks
        (handler, *wanted),
    )
    return frozenset(str(row[0]) for row in rows)
