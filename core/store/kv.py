"""Small things to remember across restarts, by scope and key."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta

from core.clock import Clock, SystemClock
from core.store import Database


class KeyValue:
    """Text values under a scope and a key, kept in table `remembered`.

    What is remembered about Discord uses the scope `<api_url>#<application_id>`, so that two applications, or
    the sandbox and Discord, never see each other's ids.
    """

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()

    async def get(self, scope: str, key: str) -> str | None:
        """The value, or None where there is none."""
        return await self._database.read(lambda connection: find(connection, scope, key))

    async def set(self, scope: str, key: str, value: str) -> None:
        """Keeps a value, in place of the one before; it is on the disk when this returns."""
        await self.change(scope, key, lambda _: value)

    async def change(
        self, scope: str, key: str, choose: Callable[[str | None], str], *, keep: int | None = None
    ) -> str:
        """Replaces a value by what `choose` makes of it, with nobody in between; gives the new one.

        Args:
            scope: whose value it is.
            key: which of them.
            choose: pure: gets the value, or None where there is none; it may run twice, in another thread.
            keep: of the scope, only so many keys: those that were changed last.
        """
        now = self._clock.now()

        def work(connection: sqlite3.Connection) -> str:
            value = choose(find(connection, scope, key))
            put(connection, scope, key, value, now)
            if keep is not None:
                # What a clock that was ahead has left must not outlast what is changed later.
                connection.execute(
                    "UPDATE remembered SET updated_at = ?3 WHERE scope = ?1 AND updated_at > ?2",
                    (scope, now.isoformat(), (now - timedelta(microseconds=1)).isoformat()),
                )
                connection.execute(
                    "DELETE FROM remembered WHERE scope = ?1 AND key != ?2 AND key NOT IN (SELECT key FROM "
                    "remembered WHERE scope = ?1 AND key != ?2 ORDER BY updated_at DESC LIMIT ?3)",
                    (scope, key, max(0, keep - 1)),
                )
            return value

        return await self._database.write(work)

    async def delete(self, scope: str, key: str) -> bool:
        """Forgets a value; False where there was none."""

        def work(connection: sqlite3.Connection) -> bool:
            found = connection.execute("DELETE FROM remembered WHERE scope = ? AND key = ?", (scope, key))
            return found.rowcount > 0

        return await self._database.write(work)

    async def forget_scopes(self, prefix: str) -> int:
        """Forgets everything under the scopes that begin with `prefix`; gives how many values that was."""

        def work(connection: sqlite3.Connection) -> int:
            return connection.execute(
                "DELETE FROM remembered WHERE substr(scope, 1, length(?1)) = ?1", (prefix,)
            ).rowcount

        return await self._database.write(work)

    async def items(self, scope: str) -> dict[str, str]:
        """Every key and value of a scope, by key."""

        def work(connection: sqlite3.Connection) -> dict[str, str]:
            rows = connection.execute(
                "SELECT key, value FROM remembered WHERE scope = ? ORDER BY key", (scope,)
            )
            return {str(key): str(value) for key, value in rows}

        return await self._database.read(work)


def put(connection: sqlite3.Connection, scope: str, key: str, value: str, at: datetime) -> None:
    """Keeps a value in the open transaction, in place of the one before."""
    connection.execute(
        "INSERT INTO remembered (scope, key, value, updated_at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (scope, key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
        (scope, key, value, at.isoformat()),
    )


def find(connection: sqlite3.Connection, scope: str, key: str) -> str | None:
    """The value, or None where there is none."""
    row = connection.execute(
        "SELECT value FROM remembered WHERE scope = ? AND key = ?", (scope, key)
    ).fetchone()
    return None if row is None else str(row[0])
