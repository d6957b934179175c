"""The table `remembered`: texts by scope and key."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from core.store.tx import Tx

_INSTANT: Final = timedelta(microseconds=1)


def put(tx: Tx, scope: str, key: str, value: str, at: datetime) -> None:
    """Sets or replaces a value in the open transaction."""
    tx.execute(
        "INSERT INTO remembered (scope, key, value, updated_at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (scope, key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
        (scope, key, value, at.isoformat()),
    )


def find(tx: Tx, scope: str, key: str) -> str | None:
    """The value; None if there is none."""
    row = tx.execute("SELECT value FROM remembered WHERE scope = ? AND key = ?", (scope, key)).fetchone()
    return None if row is None else str(row[0])


def items(tx: Tx, scope: str) -> dict[str, str]:
    """All values of a scope by key, ordered by key."""
    rows = tx.execute("SELECT key, value FROM remembered WHERE scope = ? ORDER BY key", (scope,))
    return {str(key): str(value) for key, value in rows}


def keep_newest(tx: Tx, scope: str, key: str, most: int, now: datetime) -> None:
    """Deletes what was changed longest ago until `most` keys of the scope are left; never the given key."""
    # A clock that ran ahead may have left times in the future; cap them, or they would stay last.
    tx.execute(
        "UPDATE remembered SET updated_at = ?3 WHERE scope = ?1 AND updated_at > ?2",
        (scope, now.isoformat(), (now - _INSTANT).isoformat()),
    )
    tx.execute(
        "DELETE FROM remembered WHERE scope = ?1 AND key != ?2 AND key NOT IN (SELECT key FROM "
        "remembered WHERE scope = ?1 AND key != ?2 ORDER BY updated_at DESC, key LIMIT ?3)",
        (scope, key, max(0, most - 1)),
    )


def delete(tx: Tx, scope: str, key: str) -> bool:
    """Deletes a value; False if there was none."""
    return tx.execute("DELETE FROM remembered WHERE scope = ? AND key = ?", (scope, key)).rowcount > 0


def delete_scopes(tx: Tx, prefix: str) -> int:
    """Deletes all values whose scope begins with `prefix`; returns how many there were."""
    return tx.execute("DELETE FROM remembered WHERE substr(scope, 1, length(?1)) = ?1", (prefix,)).rowcount
