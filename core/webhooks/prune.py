"""Deletes expired rows in small batches, so that other writes never wait long."""

from __future__ import annotations

import sqlite3
from functools import partial
from typing import Final

from core.store import Database

_CHUNK: Final = 1_000
# Ordered by id, whose index starts with the oldest; any other order would scan the whole table.
_REMOVE_RECEIVED: Final = (
    "DELETE FROM inbox WHERE seq IN (SELECT seq FROM inbox WHERE id < ? AND NOT EXISTS (SELECT 1 FROM "
    "handling WHERE event = seq AND status IN ('accepted', 'processing', 'failed')) ORDER BY id LIMIT ?)"
)
_REMOVE_SENT: Final = (
    "DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox WHERE id < ? AND NOT EXISTS (SELECT 1 FROM "
    "deliveries WHERE event = seq AND status = 'waiting') ORDER BY id LIMIT ?)"
)


async def free_keys(database: Database, before_id: str) -> None:
    """Frees the idempotency keys of events before `before_id`."""
    last = ""
    while True:
        ids = await database.read(partial(_keyed, last, before_id))
        if not ids:
            return
        await database.write(partial(_free, ids))
        last = ids[-1]


async def prune_received(database: Database, before_id: str) -> int:
    """Deletes received events before `before_id` that are finished; returns how many."""
    return await _remove(database, _REMOVE_RECEIVED, before_id)


async def prune_sent(database: Database, before_id: str) -> int:
    """Deletes sent events before `before_id` that have no waiting delivery; returns how many."""
    return await _remove(database, _REMOVE_SENT, before_id)


async def _remove(database: Database, statement: str, before_id: str) -> int:
    removed = 0
    while True:
        gone = await database.write(
            lambda connection: connection.execute(statement, (before_id, _CHUNK)).rowcount
        )
        removed += gone
        if gone < _CHUNK:
            return removed


def _keyed(after: str, before_id: str, connection: sqlite3.Connection) -> tuple[str, ...]:
    rows = connection.execute(
        "SELECT id FROM inbox WHERE id > ? AND id < ? AND key IS NOT NULL ORDER BY id LIMIT ?",
        (after, before_id, _CHUNK),
    )
    return tuple(str(row[0]) for row in rows)


def _free(ids: tuple[str, ...], connection: sqlite3.Connection) -> None:
    connection.executemany("UPDATE inbox SET key = NULL WHERE id = ?", ((each,) for each in ids))
