"""Outgoing events: an event and one delivery per destination, written with the change that caused them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from core.clock import Clock
from core.errors import HelixError
from core.store import Store
from core.store.moments import to_us
from core.store.tx import Tx
from core.webhooks.destinations import Destinations
from core.webhooks.ids import new_id, oldest_id
from core.webhooks.prune import prune_sent
from core.webhooks.records import Attempt, Delivery, DeliveryStatus
from core.webhooks.table import delivery_table, outbox_table

# docs/webhooks.md: a payload stays under 20 kB.
PAYLOAD_LIMIT: Final = 20_000
KEPT_FOR: Final = timedelta(days=30)
SAMPLES: Final = 3
# The kinds of change that the feed tells: new work for the deliverer, and attempts that have ended.
ENQUEUED: Final = ("outbox",)
ATTEMPTED: Final = ("attempted",)


class PayloadTooLarge(HelixError):
    """An event that is larger than any destination accepts."""


class Outbox:
    """Events and deliveries in the database; `Deliverer` sends them.

    Attributes:
        waiting: number of waiting deliveries at the last `refresh`.
        dead: number of dead letters at the last `refresh`.
    """

    def __init__(self, database: Store, clock: Clock, destinations: Destinations) -> None:
        self._database = database
        self._clock = clock
        self._destinations = destinations
        self._listeners: list[Callable[[], None]] = []
        self.waiting = 0
        self.dead = 0

    async def refresh(self) -> int:
        """Counts waiting and dead deliveries; returns the number of waiting ones."""
        self.waiting, self.dead = await self._database.read(delivery_table.count_open)
        return self.waiting

    def enqueue(self, tx: Tx, at: datetime, kind: str, payload: bytes) -> str:
        """Writes an event and its deliveries in the open transaction; returns the event's id.

        Call `committed` after the commit.

        Raises:
            PayloadTooLarge: the payload is over 20 kB.
        """
        if len(payload) > PAYLOAD_LIMIT:
            raise PayloadTooLarge(f"The event {kind} has {len(payload)} bytes; the limit is {PAYLOAD_LIMIT}.")
        event_id = new_id("msg", at)
        at_us = to_us(at)
        seq = outbox_table.insert(tx, event_id, kind, at_us, payload)
        self._destinations.enqueue(tx, seq, kind, at_us)
        return event_id

    def on_commit(self, callback: Callable[[], None]) -> None:
        """Calls `callback()` on the event loop when something may be due; the callback must not block."""
        self._listeners.append(callback)

    def committed(self) -> None:
        """Tells the listeners that an enqueued event is on disk."""
        for listener in self._listeners:
            listener()

    async def find(self, delivery: int) -> tuple[Delivery, bytes, tuple[Attempt, ...]] | None:
        """One delivery with its payload and its newest 20 attempts; None if there is none."""
        return await self._database.read(lambda tx: delivery_table.find(tx, delivery))

    async def page(
        self,
        *,
        status: DeliveryStatus | None = None,
        event_id: str | None = None,
        before_id: int | None = None,
        limit: int = 25,
    ) -> tuple[Delivery, ...]:
        """Deliveries, newest first; `before_id` is the last id of the previous page."""
        limit = max(1, min(limit, 100))
        return await self._database.read(
            lambda tx: delivery_table.page(
                tx, status=status, event_id=event_id, before_id=before_id, limit=limit
            )
        )

    async def counts(self) -> Mapping[str, int]:
        """The number of deliveries by status."""
        return await self._database.read(delivery_table.count_by_status)

    async def samples(self, kind: str) -> tuple[bytes, ...]:
        """The newest payloads of a type, newest first."""
        return await self._database.read(lambda tx: outbox_table.newest(tx, kind, SAMPLES))

    async def replay(self, delivery: int) -> bool:
        """Retries a dead letter and resets its attempts; False if not dead or its destination is gone."""
        now_us = to_us(self._clock.now())
        return await self._database.write(
            lambda tx: delivery_table.replay(tx, delivery, now_us, self._destinations.names),
            on_commit=lambda _: self.committed(),
            kinds=ENQUEUED,
        )

    async def dead_since(self, since: datetime | None) -> tuple[int, ...]:
        """Ids of the dead letters, oldest first; with `since`, of those that died at or after it."""
        since_us = 0 if since is None else to_us(since)
        return await self._database.read(lambda tx: delivery_table.dead_since(tx, since_us))

    async def prune(self) -> int:
        """Deletes events older than 30 days that have no waiting delivery; returns how many."""
        return await prune_sent(self._database, oldest_id("msg", self._clock.now() - KEPT_FOR))
