"""Small things to remember across restarts, by scope and key."""

from __future__ import annotations

import sqlite3

from core.clock import Clock, SystemClock
from core.database import Database


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

        def work(connection: sqlite3.Connection) -> str | None:
            row = connection.execute(
                "SELECT value FROM remembered WHERE scope = ? AND key = ?", (scope, key)
            ).fetchone()
            return None if row is None else str(row[0])

        return await self._database.read(work)

    async def set(self, scope: str, key: str, value: str) -> None:
        """Keeps a value, in place of the one before; it is on the disk when this returns."""
        now = self._clock.now().isoformat()

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO remembered (scope, key, value, updated_at) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (scope, key) DO UPDATE "
                "SET value = excluded.value, updated_at = excluded.updated_at",
                (scope, key, value, now),
            )

        await self._database.write(work)

    async def delete(self, scope: str, key: str) -> bool:
        """Forgets a value; False where there was none."""

        def work(connection: sqlite3.Connection) -> bool:
            found = connection.execute("DELETE FROM remembered WHERE scope = ? AND key = ?", (scope, key))
            return found.rowcount > 0

        return await self._database.write(work)

    async def items(self, scope: str) -> dict[str, str]:
        """Every key and value of a scope, by key."""

        def work(connection: sqlite3.Connection) -> dict[str, str]:
            rows = connection.execute(
                "SELECT key, value FROM remembered WHERE scope = ? ORDER BY key", (scope,)
            )
            return {str(key): str(value) for key, value in rows}

        return await self._database.read(work)
