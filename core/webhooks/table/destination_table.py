"""The tables `subscriptions` (REST hooks) and `destination_state` (failing and disabled destinations)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from core.store.tx import Sql, Tx
from core.webhooks.table.delivery_table import end_waiting

# One statement for any number of destinations; those of the settings come first.
_WANTED: Final = """
    INSERT INTO deliveries (event, destination, status, created_us, next_us)
    SELECT ?1, name, 'waiting', ?2, ?2 FROM (
        {configured}
        UNION ALL
        SELECT 1, 0, id FROM subscriptions WHERE event = ?4
    ) AS wanted
    WHERE name NOT IN (SELECT destination FROM destination_state WHERE disabled_us IS NOT NULL)
    ORDER BY hook, place, name
"""
_ENQUEUE: Final = Sql(
    sqlite=_WANTED.format(configured="SELECT 0 AS hook, key AS place, value AS name FROM json_each(?3)"),
    postgres=_WANTED.format(
        configured="SELECT 0 AS hook, place, name FROM json_array_elements_text(CAST(?3 AS json)) "
        "WITH ORDINALITY AS configured (name, place)"
    ),
)


def enqueue(tx: Tx, outbox_seq: int, event: str, at_us: int, configured: Sequence[str]) -> None:
    """Inserts a delivery of an event for each enabled destination: those `configured`, and its hooks."""
    tx.execute(_ENQUEUE, (outbox_seq, at_us, msgspec.json.encode(configured).decode(), event))


def count_hooks(tx: Tx) -> int:
    """The number of REST hooks."""
    return int(tx.execute("SELECT count(*) FROM subscriptions").fetchone()[0])


def add_hook(tx: Tx, hook_id: str, event: str, url: str, secret: str, *, now_us: int) -> None:
    """Inserts a REST hook."""
    tx.execute(
        "INSERT INTO subscriptions (id, event, url, secret, created_us) VALUES (?, ?, ?, ?, ?)",
        (hook_id, event, url, secret, now_us),
    )


def hooks(tx: Tx) -> list[tuple[str, str, str, int, str | None]]:
    """Id, event, URL, time and reason of being disabled of each REST hook, oldest first."""
    return tx.execute(
        "SELECT id, event, url, created_us, disabled_why FROM subscriptions "
        "LEFT JOIN destination_state ON destination = id ORDER BY created_us, id"
    ).fetchall()


def find_hook(tx: Tx, hook_id: str) -> tuple[str, str, str] | None:
    """Event, URL and secret of a REST hook; None if there is none."""
    row: tuple[str, str, str] | None = tx.execute(
        "SELECT event, url, secret FROM subscriptions WHERE id = ?", (hook_id,)
    ).fetchone()
    return row


def remove_hook(tx: Tx, hook_id: str, now_us: int) -> bool:
    """Removes a REST hook in the open transaction and ends its waiting deliveries; False if it is unknown."""
    gone = tx.execute("DELETE FROM subscriptions WHERE id = ?", (hook_id,)).rowcount > 0
    forget_state(tx, hook_id)
    if gone:
        # Nobody can replay these deliveries, so nobody is notified.
        end_waiting(tx, hook_id, now_us, "the hook is gone", notified_us=now_us)
    return gone


def disabled(tx: Tx) -> dict[str, str]:
    """Destination name to the reason why it is disabled."""
    return dict(
        tx.execute(
            "SELECT destination, disabled_why FROM destination_state WHERE disabled_us IS NOT NULL "
            "ORDER BY destination"
        )
    )


def enable(tx: Tx, name: str) -> bool:
    """Enables a disabled destination; False if it was not disabled."""
    statement = "DELETE FROM destination_state WHERE destination = ? AND disabled_us IS NOT NULL"
    return tx.execute(statement, (name,)).rowcount > 0


def disable(tx: Tx, name: str, now_us: int, reason: str) -> None:
    """Disables a destination; the admins are notified again."""
    tx.execute(
        "INSERT INTO destination_state (destination, disabled_us, disabled_why) VALUES (?1, ?2, ?3) "
        "ON CONFLICT (destination) DO UPDATE SET disabled_us = ?2, disabled_why = ?3, told_us = NULL",
        (name, now_us, reason),
    )


def forget_state(tx: Tx, name: str) -> None:
    """Deletes the state of a destination, so that it counts as healthy and enabled."""
    tx.execute("DELETE FROM destination_state WHERE destination = ?", (name,))


def failing_since(tx: Tx, name: str, now_us: int) -> int:
    """Records that a destination fails; returns since when, in microseconds."""
    row: Any = tx.execute(
        "INSERT INTO destination_state (destination, failing_since_us) VALUES (?, ?) "
        "ON CONFLICT (destination) DO UPDATE SET "
        "failing_since_us = coalesce(destination_state.failing_since_us, excluded.failing_since_us) "
        "RETURNING failing_since_us",
        (name, now_us),
    ).fetchone()
    return int(row[0])
