"""What was said last, and where, so that nothing is said twice in a row; kept across reloads and restarts."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from core.clock import Clock
from core.database import Database

# Channels that are remembered; the one that has been silent longest is forgotten first.
MAX_PLACES = 500


class LastSaid:
    """The last thing said in each place of one application.

    It is table `remembered` of `core.memory_table`, read and written in one transaction: two who ask at the
    same moment do not hear the same.
    """

    def __init__(self, database: Database, scope: str, clock: Clock) -> None:
        self._database = database
        self._scope = f"{scope}#last-said"
        self._clock = clock

    async def choose(self, place: str, pick: Callable[[str | None], str]) -> str:
        """What `pick` chooses, given the text said last in `place`; it is then the last one there.

        `pick` runs in the store's writer thread, and may run again when the store has to try again.
        """
        now = self._clock.now().isoformat()

        def work(connection: sqlite3.Connection) -> str:
            row = connection.execute(
                "SELECT value FROM remembered WHERE scope = ? AND key = ?", (self._scope, place)
            ).fetchone()
            chosen = pick(None if row is None else str(row[0]))
            connection.execute(
                "INSERT INTO remembered (scope, key, value, updated_at) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (scope, key) DO UPDATE SET value = excluded.value, "
                "updated_at = excluded.updated_at",
                (self._scope, place, chosen, now),
            )
            connection.execute(
                "DELETE FROM remembered WHERE scope = ? AND key != ? AND key NOT IN "
                "(SELECT key FROM remembered WHERE scope = ? AND key != ? ORDER BY updated_at DESC LIMIT ?)",
                (self._scope, place, self._scope, place, MAX_PLACES - 1),
            )
            return chosen

        return await self._database.write(work)
