"""The due deliveries of one destination."""

from __future__ import annotations

import msgspec

from core.store.tx import Tx
from core.webhooks.destinations import Destination, Destinations
from core.webhooks.sending import Message
from core.webhooks.table import delivery_table


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that is due; `attempts` counts the earlier attempts."""

    id: int
    attempts: int
    message: Message


def next_batch(
    destinations: Destinations, name: str, now_us: int, most: int, tx: Tx
) -> tuple[Destination | None, tuple[Due, ...]]:
    """A destination (None if it no longer exists) and its due deliveries, at most `most`."""
    batch = tuple(
        Due(id=delivery, attempts=attempts, message=Message(id=event_id, type=kind, payload=bytes(payload)))
        for delivery, attempts, event_id, kind, payload in delivery_table.due(tx, name, now_us, most)
    )
    return (destinations.find(tx, name) if batch else None), batch
