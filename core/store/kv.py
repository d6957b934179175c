"""Small values that survive a restart, by scope and key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from core.clock import Clock, SystemClock
from core.store import Store, Tx


class KeyValueStore:
    """The key-value store: texts under a scope and a key, in table `remembered`.

    Values about Discord use the scope `<api_url>#<application_id>`, so that two applications, or the sandbox
    and Discord, never see each other's ids.
    """

    def __init__(self, database: Store, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()

    async def get(self, scope: str, key: str) -> str | None:
        """The value; None if there is none."""
        return await self._database.read(lambda tx: find(tx, scope, key))

    async def set(self, scope: str, key: str, value: str) -> None:
        """Sets or replaces a value; it is on disk when this returns."""
        await self.change(scope, key, lambda _: value)

    async def change(
        self, scope: str, key: str, choose: Callable[[str | None], str], *, keep: int | None = None
    ) -> str:
        """Replaces a value by `choose(value)` in one transaction; returns the new value.

        Args:
            scope: the scope of the value.
            key: its key.
            choose: a pure function; gets the value, or None if there is none. It runs in another thread and
                may run twice.
            keep: how many keys of the scope to keep at most: those changed last.
        """
        now = self._clock.now()

        def work(tx: Tx) -> str:
            value = choose(find(tx, scope, key))
            put(tx, scope, key, value, now)
            if keep is not None:
                # A clock that ran ahead may have left times in the future; cap them, or they would stay last.
                tx.execute(
                    "UPDATE remembered SET updated_at = ?3 WHERE scope = ?1 AND updated_at > ?2",
                    (scope, now.isoformat(), (now - timedelta(microseconds=1)).isoformat()),
                )
                tx.execute(
                    "DELETE FROM remembered WHERE scope = ?1 AND key != ?2 AND key NOT IN (SELECT key FROM "
                    "remembered WHERE scope = ?1 AND key != ?2 ORDER BY updated_at DESC LIMIT ?3)",
                    (scope, key, max(0, keep - 1)),
                )
            return value

        return await self._database.write(work)

    async def delete(self, scope: str, key: str) -> bool:
        """Deletes a value; False if there was none."""

        def work(tx: Tx) -> bool:
            found = tx.execute("DELETE FROM remembered WHERE scope = ? AND key = ?", (scope, key))
            return found.rowcount > 0

        return await self._database.write(work)

    async def forget_scopes(self, prefix: str) -> int:
        """Deletes all values whose scope begins with `prefix`; returns how many there were."""

        def work(tx: Tx) -> int:
            return tx.execute(
                "DELETE FROM remembered WHERE substr(scope, 1, length(?1)) = ?1", (prefix,)
            ).rowcount

        return await self._database.write(work)

    async def items(self, scope: str) -> dict[str, str]:
        """All values of a scope by key, ordered by key."""

        def work(tx: Tx) -> dict[str, str]:
            rows = tx.execute("SELECT key, value FROM remembered WHERE scope = ? ORDER BY key", (scope,))
            return {str(key): str(value) for key, value in rows}

        return await self._database.read(work)


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
