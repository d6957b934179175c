"""Deletes expired rows in small batches, so that other writes never wait long."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from core.store import Store
from core.store.tx import Tx
from core.webhooks.table import inbox_table, outbox_table

_CHUNK: Final = 1_000


async def free_keys(database: Store, before_id: str) -> None:
    """Frees the idempotency keys of events before `before_id`."""
    last = ""
    while ids := await _keyed(database, last, before_id):
        await _free(database, ids)
        last = ids[-1]


async def prune_received(database: Store, before_id: str) -> int:
    """Deletes received events before `before_id` that are finished; returns how many."""
    return await _prune(database, inbox_table.prune, before_id)


async def prune_sent(database: Store, before_id: str) -> int:
    """Deletes sent events before `before_id` that have no waiting delivery; returns how many."""
    return await _prune(database, outbox_table.prune, before_id)


async def _prune(database: Store, prune: Callable[[Tx, str, int], int], before_id: str) -> int:
    removed = 0
    while True:
        gone = await database.write(lambda tx: prune(tx, before_id, _CHUNK))
        removed += gone
        if gone < _CHUNK:
            return removed


async def _keyed(database: Store, after_id: str, before_id: str) -> tuple[str, ...]:
    return await database.read(lambda tx: inbox_table.keyed(tx, after_id, before_id, _CHUNK))


async def _free(database: Store, ids: tuple[str, ...]) -> None:
    await database.write(lambda tx: inbox_table.free_keys(tx, ids))
