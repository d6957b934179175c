"""Incoming events: committed before the answer, once per idempotency key, kept until all handlers end."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final

import msgspec

from core.clock import Clock
from core.errors import HelixError
from core.store import Store
from core.store.moments import to_us
from core.webhooks.ids import new_id, oldest_id
from core.webhooks.prune import free_keys, prune_received
from core.webhooks.records import InboxEvent
from core.webhooks.table import handling_table, inbox_table
from core.webhooks.table.arrival_table import Accepted, Arrival, IdempotencyConflict, KeyTaken, insert

__all__ = [
    "Accepted",
    "IdempotencyConflict",
    "Inbox",
    "InboxFull",
    "Incoming",
]

# Zapier replays a failed step over hours, and people replay by hand days later (docs/webhooks.md).
KEYS_KEPT_FOR: Final = timedelta(days=7)
KEPT_FOR: Final = timedelta(days=30)
HIGH_WATER: Final = 10_000
# The kinds of change that the feed tells: new work for the handlers, and work that is over.
ARRIVED: Final = ("inbox",)
HANDLED: Final = ("handled",)


class Incoming(msgspec.Struct, frozen=True, kw_only=True):
    """An authenticated, validated event that is to be stored.

    Attributes:
        type: such as "ucf.update".
        data: its data as JSON.
        key: its idempotency key; None if the sender gave none.
        handlers: names of the handlers that will process it.
        body_key: a second key, derived from the signed body; None if `key` itself is signed.
    """

    type: str
    data: bytes
    key: str | None
    handlers: tuple[str, ...]
    body_key: str | None = None


class InboxFull(HelixError):
    """Too many events wait; no more are accepted for now."""


class Inbox:
    """Stores incoming events and reads their state. `Router` runs the handlers.

    Attributes:
        waiting: number of (event, handler) pairs that are not finished.
        high_water: no event is accepted while `waiting` is at least this.
    """

    def __init__(self, database: Store, clock: Clock, *, high_water: int = HIGH_WATER) -> None:
        self._database = database
        self._clock = clock
        self.high_water = high_water
        self._listeners: list[Callable[[tuple[str, ...]], None]] = []
        self.waiting = 0

    async def open(self) -> int:
        """Counts and returns what is unfinished; each handler's lane re-queues its own part."""
        self.waiting = await self._database.read(handling_table.count_open)
        return self.waiting

    def on_accept(self, callback: Callable[[tuple[str, ...]], None]) -> None:
        """Calls `callback(handlers)` on the event loop after each commit; the callback must not block."""
        self._listeners.append(callback)

    async def accept(self, incoming: Incoming) -> Accepted:
        """Stores an event; it is on disk when this returns. A known key gives the first answer again.

        Raises:
            IdempotencyConflict: the key belongs to another event; nothing was changed.
            InboxFull: too many events wait; the sender should retry later.
            StoreError: it could not be written.
        """
        if self.waiting >= self.high_water:
            raise InboxFull("Too many events are waiting. Try again in a minute.")
        now = self._clock.now()
        arrival = Arrival(
            new_id("evt", now),
            incoming.type,
            to_us(now),
            incoming.key,
            incoming.body_key,
            hashlib.sha256(incoming.type.encode() + b"\0" + incoming.data).digest(),
            incoming.data,
            incoming.handlers,
        )

        def committed(accepted: Accepted) -> None:
            if not accepted.duplicate:
                self.waiting += len(incoming.handlers)
                for listener in self._listeners:
                    listener(incoming.handlers)

        try:
            return await self._database.write_item(arrival, insert, on_commit=committed, kinds=ARRIVED)
        except KeyTaken:
            return await self._database.write_item(arrival, insert, on_commit=committed, kinds=ARRIVED)

    async def find(self, event_id: str) -> InboxEvent | None:
        """The event with that id; None if there is none."""
        return await self._database.read(lambda tx: inbox_table.find(tx, event_id))

    async def page(
        self, *, dead_only: bool = False, before_seq: int | None = None, limit: int = 25
    ) -> tuple[InboxEvent, ...]:
        """Events, newest first; `before_seq` is the last `seq` of the previous page."""
        limit = max(1, min(limit, 100))
        return await self._database.read(
            lambda tx: inbox_table.page(tx, dead_only=dead_only, before_seq=before_seq, limit=limit)
        )

    async def results(self, handler: str, wanted: Sequence[str]) -> frozenset[str]:
        """Those of `wanted` that a handler has already stored as its result for some event."""
        if not wanted:
            return frozenset()
        return await self._database.read(lambda tx: handling_table.known_results(tx, handler, wanted))

    async def counts(self) -> Mapping[str, int]:
        """The number of handlings by status."""
        return await self._database.read(handling_table.count_by_status)

    async def replay(self, event_id: str) -> int:
        """Retries the dead handlers of an event with reset attempts; returns how many there were."""
        now_us = to_us(self._clock.now())

        def committed(names: tuple[str, ...]) -> None:
            self.waiting += len(names)
            for listener in self._listeners:
                listener(names)

        names = await self._database.write(
            lambda tx: handling_table.replay(tx, event_id, now_us), on_commit=committed, kinds=ARRIVED
        )
        return len(names)

    async def prune(self) -> int:
        """Frees keys after 7 days and deletes finished events after 30; returns the number deleted."""
        now = self._clock.now()
        await free_keys(self._database, oldest_id("evt", now - KEYS_KEPT_FOR))
        return await prune_received(self._database, oldest_id("evt", now - KEPT_FOR))
