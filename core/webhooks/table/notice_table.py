"""Which dead letters and disabled destinations the admins were notified of: the columns `told_us`.

`told_us` is the time of the notice that reported a row, in microseconds; NULL if none has yet.
"""

from __future__ import annotations

from typing import Any, Final

from core.store.tx import Tx

_DEAD: Final = "FROM deliveries WHERE status = 'dead' AND told_us"
_OFF: Final = "FROM destination_state WHERE disabled_us IS NOT NULL AND told_us"


def has_unclaimed(tx: Tx) -> bool:
    """Whether any row is not assigned to a notice yet."""
    return any(tx.execute(f"SELECT EXISTS (SELECT 1 {rows} IS NULL)").fetchone()[0] for rows in (_DEAD, _OFF))


def claim(tx: Tx, notice_us: int) -> None:
    """Assigns all rows that are not assigned yet to a notice."""
    for statement in (
        "UPDATE deliveries SET told_us = ? WHERE status = 'dead' AND told_us IS NULL",
        "UPDATE destination_state SET told_us = ? WHERE disabled_us IS NOT NULL AND told_us IS NULL",
    ):
        tx.execute(statement, (notice_us,))


def dead_letters(tx: Tx, notice_us: int, most: int) -> tuple[tuple[int, int, int], list[Any]]:
    """Count, first and last id of a notice's dead letters, and the first `most` of them.

    Each is a row of id, type, destination, attempts and error.
    """
    count, first, last = tx.execute(
        f"SELECT count(*), min(id), max(id) {_DEAD} = ?",
        (notice_us,),
    ).fetchone()
    rows = tx.execute(
        "SELECT deliveries.id, type, destination, attempts, last_error FROM deliveries "
        "JOIN outbox ON outbox.seq = event WHERE status = 'dead' AND told_us = ? "
        "ORDER BY deliveries.id LIMIT ?",
        (notice_us, most),
    )
    return (count, first or 0, last or 0), rows.fetchall()


def disabled(tx: Tx, notice_us: int) -> dict[str, str]:
    """Destination name to the reason why it was disabled, of one notice."""
    query = f"SELECT destination, disabled_why {_OFF} = ? ORDER BY 1"
    return dict(tx.execute(query, (notice_us,)))
