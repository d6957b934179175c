"""Small values that survive a restart, by scope and key."""

from __future__ import annotations

from collections.abc import Callable

from core.clock import Clock, SystemClock
from core.store import Store, Tx, kv_table


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
        return await self._database.read(lambda tx: kv_table.find(tx, scope, key))

    async def set(self, scope: str, key: str, value: str, *, kinds: tuple[str, ...] = ()) -> None:
        """Sets or replaces a value; it is on disk when this returns. `kinds` as for `Store.write`."""
        await self.change(scope, key, lambda _: value, kinds=kinds)

    async def change(
        self,
        scope: str,
        key: str,
        choose: Callable[[str | None], str],
        *,
        keep: int | None = None,
        kinds: tuple[str, ...] = (),
    ) -> str:
        """Replaces a value by `choose(value)` in one transaction; returns the new value.

        Args:
            scope: the scope of the value.
            key: its key.
            choose: a pure function; gets the value, or None if there is none. It runs in another thread and
                may run twice.
            keep: how many keys of the scope to keep at most: those changed last.
            kinds: as for `Store.write`.
        """
        now = self._clock.now()

        def work(tx: Tx) -> str:
            value = choose(kv_table.find(tx, scope, key))
            kv_table.put(tx, scope, key, value, now)
            if keep is not None:
                kv_table.keep_newest(tx, scope, key, keep, now)
            return value

        return await self._database.write(work, kinds=kinds)

    async def delete(self, scope: str, key: str, *, kinds: tuple[str, ...] = ()) -> bool:
        """Deletes a value; False if there was none. `kinds` as for `Store.write`."""
        return await self._database.write(lambda tx: kv_table.delete(tx, scope, key), kinds=kinds)

    async def forget_scopes(self, prefix: str) -> int:
        """Deletes all values whose scope begins with `prefix`; returns how many there were."""
        return await self._database.write(lambda tx: kv_table.delete_scopes(tx, prefix))

    async def items(self, scope: str) -> dict[str, str]:
        """All values of a scope by key, ordered by key."""
        return await self._database.read(lambda tx: kv_table.items(tx, scope))
