"""Incoming events: committed before the answer, once per idempotency key, kept until all handlers end."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from core.clock import Clock
from core.errors import HelixError
from core.store import Database
from core.store.moments import from_us, to_us
from core.webhooks.ids import new_id, oldest_id
from core.webhooks.prune import free_keys, prune_received
from core.webhooks.table.arrival_table import Accepted, Arrival, IdempotencyConflict, insert

__all__ = [
    "Accepted",
    "Handling",
    "IdempotencyConflict",
    "Inbox",
    "InboxEvent",
    "InboxFull",
    "Incoming",
]

HandlingStatus = Literal["accepted", "processing", "failed", "done", "dead"]

# Zapier replays a failed step over hours, and people replay by hand days later (docs/webhooks.md).
KEYS_KEPT_FOR: Final = timedelta(days=7)
KEPT_FOR: Final = timedelta(days=30)
HIGH_WATER: Final = 10_000
# Each query has its own index.
_COUNT_OPEN: Final = (
    "SELECT count(*) FROM handling WHERE status IN ('accepted', 'failed')",
    "SELECT count(*) FROM handling WHERE status = 'processing'",
)


class Incoming(msgspec.Struct, frozen=True, kw_only=True):
    """An authenticated, validated event that is to be stored.

    Attributes:
        type: such as "ucf.update".
        data: its data as JSON.
        key: its idempotency key; None if the sender gave none.
        handlers: names of the handlers that will process it.
        body_key: a second key, derived from the signed body; None if the first key is signed itself.
    """

    type: str
    data: bytes
    key: str | None
    handlers: tuple[str, ...]
    body_key: str | None = None


class Handling(msgspec.Struct, frozen=True, kw_only=True):
    """The progress of one handler with one event.

    Attributes:
        next_at: when the next attempt is due; None once it is done or dead.
        result: what the external effect returned, such as a message id.
    """

    name: str
    status: HandlingStatus
    attempts: int
    error: str | None
    result: str | None
    next_at: datetime | None


class InboxEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event and the progress of its handlers."""

    seq: int
    id: str
    type: str
    received_at: datetime
    data: bytes
    handlers: tuple[Handling, ...]

    @property
    def status(self) -> HandlingStatus:
        """The status of all handlers together: unfinished ones take precedence, then dead ones."""
        found = {handling.status for handling in self.handlers}
        for status in _ORDER:
            if status in found:
                return status
        return "done"


_ORDER: Final[tuple[HandlingStatus, ...]] = ("processing", "failed", "accepted", "dead", "done")


class InboxFull(HelixError):
    """Too many events wait; no more are accepted for now."""


class Inbox:
    """Stores incoming events and reads their state. `Router` runs the handlers.

    Attributes:
        waiting: number of (event, handler) pairs that are not finished.
        high_water: no event is accepted while `waiting` is at least this.
    """

    def __init__(self, database: Database, clock: Clock, *, high_water: int = HIGH_WATER) -> None:
        self._database = database
        self._clock = clock
        self.high_water = high_water
        self._listeners: list[Callable[[tuple[str, ...]], None]] = []
        self.waiting = 0

    async def open(self) -> int:
        """Counts what waits and returns it; each handler's lane re-queues its own unfinished work."""

        def work(connection: sqlite3.Connection) -> int:
            return sum(int(connection.execute(query).fetchone()[0]) for query in _COUNT_OPEN)

        self.waiting = await self._database.read(work)
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

        return await self._database.write_item(arrival, insert, on_commit=committed)

    async def find(self, event_id: str) -> InboxEvent | None:
        """The event with that id; None if there is none."""

        def work(connection: sqlite3.Connection) -> InboxEvent | None:
            events = _read(connection, "WHERE id = ?", (event_id,))
            return events[0] if events else None

        return await self._database.read(work)

    async def page(
        self, *, dead_only: bool = False, before_seq: int | None = None, limit: int = 25
    ) -> tuple[InboxEvent, ...]:
        """Events, newest first; `before_seq` is the last `seq` of the previous page."""
        conditions, values = ["1"], list[int]()
        if dead_only:
            conditions.append("seq IN (SELECT event FROM handling WHERE status = 'dead')")
        if before_seq is not None:
            conditions.append("seq < ?")
            values.append(before_seq)
        where = f"WHERE {' AND '.join(conditions)} ORDER BY seq DESC LIMIT {max(1, min(limit, 100))}"
        return await self._database.read(lambda connection: _read(connection, where, tuple(values)))

    async def results(self, handler: str, wanted: Sequence[str]) -> frozenset[str]:
        """Those of `wanted` that a handler has already stored as its result for some event."""
        marks = ", ".join("?" * len(wanted))

        def work(connection: sqlite3.Connection) -> frozenset[str]:
            rows = connection.execute(f"{_RESULTS} AND result IN ({marks})", (handler, *wanted))
            return frozenset(str(row[0]) for row in rows)

        return await self._database.read(work) if wanted else frozenset()

    async def counts(self) -> Mapping[str, int]:
        """Status to the number of handlings with it."""

        def work(connection: sqlite3.Connection) -> dict[str, int]:
            return dict(connection.execute("SELECT status, count(*) FROM handling GROUP BY status"))

        return await self._database.read(work)

    async def replay(self, event_id: str) -> int:
        """Retries the dead handlers of an event with reset attempts; returns how many there were."""
        now_us = to_us(self._clock.now())

        def work(connection: sqlite3.Connection) -> tuple[str, ...]:
            names = connection.execute(
                "UPDATE handling SET status = 'accepted', attempts = 0, next_us = ?2, finished_us = NULL, "
                "error = NULL WHERE status = 'dead' AND event = (SELECT seq FROM inbox WHERE id = ?1) "
                "RETURNING handler",
                (event_id, now_us),
            )
            return tuple(str(name) for (name,) in names)

        def committed(names: tuple[str, ...]) -> None:
            self.waiting += len(names)
            for listener in self._listeners:
                listener(names)

        names = await self._database.write(work, on_commit=committed)
        return len(names)

    async def prune(self) -> int:
        """Frees keys after 7 days and deletes finished events after 30; returns the number deleted."""
        now = self._clock.now()
        await free_keys(self._database, oldest_id("evt", now - KEYS_KEPT_FOR))
        return await prune_received(self._database, oldest_id("evt", now - KEPT_FOR))


_RESULTS: Final = "SELECT result FROM handling WHERE handler = ?"
_SELECT: Final = "SELECT seq, id, type, received_us, data FROM inbox"


def _read(
    connection: sqlite3.Connection, where: str, values: tuple[str | int, ...]
) -> tuple[InboxEvent, ...]:
    rows = connection.execute(f"{_SELECT} {where}", values).fetchall()
    return tuple(
        InboxEvent(
            seq=seq,
            id=event_id,
            type=kind,
            received_at=from_us(received_us),
            data=bytes(data),
            handlers=_handlings(connection, seq),
        )
        for seq, event_id, kind, received_us, data in rows
    )


def _handlings(connection: sqlite3.Connection, event: int) -> tuple[Handling, ...]:
    rows = connection.execute(
        "SELECT handler, status, attempts, error, result, next_us FROM handling WHERE event = ?", (event,)
    )
    return tuple(
        Handling(
            name=name,
            status=status,
            attempts=attempts,
            error=error,
            result=result,
            next_at=from_us(next_us) if status in {"accepted", "failed"} else None,
        )
        for name, status, attempts, error, result, next_us in rows
    )
