"""The shards of the outbox: each destination belongs to one, so that one process keeps its order and pace."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context, copy_context
from zlib import crc32

from core.store.leases import OUTBOX_SHARDS, Leases, outbox_lease


def shard_of(destination: str) -> int:
    """The shard of the destination of that name; the same in every process."""
    return crc32(destination.encode()) % OUTBOX_SHARDS


class Shards:
    """The shards whose lease this process holds.

    Args:
        leases: of the store.
        taken: called when a shard was taken.
        leave: ends the work on a shard, before its lease is given back.
    """

    def __init__(
        self, leases: Leases, *, taken: Callable[[], None], leave: Callable[[int], Awaitable[None]]
    ) -> None:
        self._leases = leases
        self._taken = taken
        self._leave = leave
        self._held: dict[int, Context] = {}

    def context_of(self, destination: str) -> Context | None:
        """The context for work on a destination, which carries its lease; None if another process has it."""
        held = self._held.get(shard_of(destination))
        return None if held is None else held.copy()

    async def keep(self, shard: int) -> None:
        """Holds a shard whenever its lease is granted, until it is cancelled."""
        while True:
            async with self._leases.hold(outbox_lease(shard)):
                self._held[shard] = copy_context()
                self._taken()
                try:
                    await asyncio.get_running_loop().create_future()
                finally:
                    del self._held[shard]
                    await self._leave(shard)
