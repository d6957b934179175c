"""Outgoing events: an event and one delivery per destination, written with the change that caused them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import msgspec

from core.clock import Clock
from core.errors import HelixError
from core.store import Database
from core.store.moments import from_us, to_us
from core.webhooks.destinations import Destinations
from core.webhooks.ids import new_id, oldest_id
from core.webhooks.prune import prune_sent

DeliveryStatus = Literal["waiting", "delivered", "dead"]

# docs/webhooks.md: a payload stays under 20 kB.
PAYLOAD_LIMIT: Final = 20_000
KEPT_FOR: Final = timedelta(days=30)
SAMPLES: Final = 3
_COLUMNS: Final = (
    "deliveries.id, outbox.id, outbox.type, destination, status, attempts, created_us, next_us, "
    "finished_us, last_status, last_error, receipt"
)
_FROM: Final = "FROM deliveries JOIN outbox ON outbox.seq = deliveries.event"


class PayloadTooLarge(HelixError):
    """An event that is larger than any destination accepts."""


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt at a delivery.

    Attributes:
        number: counts from 1 and continues after a replay.
        status: the HTTP status of the answer; None without an answer.
        error: what went wrong, as text for people; None if nothing did.
    """

    number: int
    at: datetime
    took_s: float
    status: int | None
    error: str | None


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One event for one destination.

    Attributes:
        event_id: the same for every attempt and every destination.
        next_at: when the next attempt is due; None once it is delivered or dead.
        receipt: the outcome that the receiver reported.
    """

    id: int
    event_id: str
    type: str
    destination: str
    status: DeliveryStatus
    attempts: int
    created_at: datetime
    next_at: datetime | None
    finished_at: datetime | None
    last_status: int | None
    last_error: str | None
    receipt: str | None


class Outbox:
    """Events and deliveries in the database; `Deliverer` sends them.

    Attributes:
        waiting: number of waiting deliveries at the last `refresh`.
        dead: number of dead letters at the last `refresh`.
    """

    def __init__(self, database: Database, clock: Clock, destinations: Destinations) -> None:
        self._database = database
        self._clock = clock
        self._destinations = destinations
        self._listeners: list[Callable[[], None]] = []
        self.waiting = 0
        self.dead = 0

    async def refresh(self) -> int:
        """Counts waiting and dead deliveries; returns the number of waiting ones."""

        def work(connection: sqlite3.Connection) -> tuple[int, int]:
            waiting, dead = connection.execute(
                "SELECT (SELECT count(*) FROM deliveries WHERE status = 'waiting'), "
                "(SELECT count(*) FROM deliveries WHERE status = 'dead')"
            ).fetchone()
            return int(waiting), int(dead)

        self.waiting, self.dead = await self._database.read(work)
        return self.waiting

    def enqueue(self, connection: sqlite3.Connection, at: datetime, kind: str, payload: bytes) -> str:
        """Writes an event and its deliveries in the open transaction; returns the event's id.

        Call `committed` after the commit.

        Raises:
            PayloadTooLarge: the payload is over 20 kB.
        """
        if len(payload) > PAYLOAD_LIMIT:
            raise PayloadTooLarge(f"The event {kind} has {len(payload)} bytes; the limit is {PAYLOAD_LIMIT}.")
        event_id = new_id("msg", at)
        at_us = to_us(at)
        (seq,) = connection.execute(
            "INSERT INTO outbox (id, type, at_us, payload) VALUES (?, ?, ?, ?) RETURNING seq",
            (event_id, kind, at_us, payload),
        ).fetchone()
        self._destinations.enqueue(connection, seq, kind, at_us)
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

        def work(connection: sqlite3.Connection) -> tuple[Delivery, bytes, tuple[Attempt, ...]] | None:
            row = connection.execute(
                f"SELECT {_COLUMNS}, payload {_FROM} WHERE deliveries.id = ?",
                (delivery,),
            ).fetchone()
            if row is None:
                return None
            tried = connection.execute(
                "SELECT number, at_us, took_us, status, error FROM attempts WHERE delivery = ? "
                "ORDER BY number DESC LIMIT 20",
                (delivery,),
            )
            attempts = tuple(
                Attempt(number=number, at=from_us(at), took_s=took / 1e6, status=status, error=error)
                for number, at, took, status, error in tried
            )
            return _delivery(row[:-1]), bytes(row[-1]), attempts

        return await self._database.read(work)

    async def page(
        self,
        *,
        status: DeliveryStatus | None = None,
        event_id: str | None = None,
        before_id: int | None = None,
        limit: int = 25,
    ) -> tuple[Delivery, ...]:
        """Deliveries, newest first; `before_id` is the last id of the previous page."""
        conditions, values = ["1"], list[str | int]()
        for condition, value in (
            ("status = ?", status),
            ("outbox.id = ?", event_id),
            ("deliveries.id < ?", before_id),
        ):
            if value is not None:
                conditions.append(condition)
                values.append(value)
        query = (
            f"SELECT {_COLUMNS} {_FROM} WHERE {' AND '.join(conditions)} "
            f"ORDER BY deliveries.id DESC LIMIT {max(1, min(limit, 100))}"
        )
        return await self._database.read(
            lambda connection: tuple(_delivery(row) for row in connection.execute(query, values))
        )

    async def counts(self) -> Mapping[str, int]:
        """Status to the number of deliveries with it."""

        def work(connection: sqlite3.Connection) -> dict[str, int]:
            return dict(connection.execute("SELECT status, count(*) FROM deliveries GROUP BY status"))

        return await self._database.read(work)

    async def samples(self, kind: str) -> tuple[bytes, ...]:
        """The newest payloads of a type, newest first."""

        def work(connection: sqlite3.Connection) -> tuple[bytes, ...]:
            rows = connection.execute(
                "SELECT payload FROM outbox WHERE type = ? ORDER BY seq DESC LIMIT ?", (kind, SAMPLES)
            )
            return tuple(bytes(row[0]) for row in rows)

        return await self._database.read(work)

    async def replay(self, delivery: int) -> bool:
        """Retries a dead letter and resets its attempts; False if not dead or its destination is gone."""
        return await self._replay("id = ?", (delivery,)) > 0

    async def dead_since(self, since: datetime | None) -> tuple[int, ...]:
        """Ids of the dead letters, oldest first; with `since`, of those that died at or after it."""
        limit = 0 if since is None else to_us(since)

        def work(connection: sqlite3.Connection) -> tuple[int, ...]:
            rows = connection.execute(
                "SELECT id FROM deliveries WHERE status = 'dead' AND finished_us >= ? ORDER BY id", (limit,)
            )
            return tuple(int(row[0]) for row in rows)

        return await self._database.read(work)

    async def prune(self) -> int:
        """Deletes events older than 30 days that have no waiting delivery; returns how many."""
        return await prune_sent(self._database, oldest_id("msg", self._clock.now() - KEPT_FOR))

    async def _replay(self, where: str, values: tuple[int, ...]) -> int:
        now_us = to_us(self._clock.now())
        reachable = self._destinations.reachable()

        def work(connection: sqlite3.Connection) -> int:
            return connection.execute(f"{_REVIVE} AND {where} AND {reachable}", (now_us, *values)).rowcount

        return await self._database.write(work, on_commit=lambda _: self.committed())


_REVIVE: Final = (
    "UPDATE deliveries SET status = 'waiting', attempts = 0, next_us = ?, finished_us = NULL, "
    "told_us = NULL, last_error = NULL WHERE status = 'dead'"
)
_NOTE: Final = "UPDATE deliveries SET receipt = ? WHERE"


def note_receipt(connection: sqlite3.Connection, delivery: str, outcome: str) -> bool:
    """Stores a receipt in the open transaction; `delivery` is the event's id or the delivery's number."""
    if delivery.isascii() and delivery.isdigit() and len(delivery) <= 18:
        where: tuple[str, str | int] = ("id = ?", int(delivery))
    else:
        where = ("event = (SELECT seq FROM outbox WHERE outbox.id = ?)", delivery)
    return connection.execute(f"{_NOTE} {where[0]}", (outcome, where[1])).rowcount > 0


def _delivery(row: tuple[Any, ...]) -> Delivery:
    """Converts a row of `_COLUMNS`."""
    created, due, finished = row[6:9]
    return msgspec.convert(
        {
            "id": row[0],
            "event_id": row[1],
            "type": row[2],
            "destination": row[3],
            "status": row[4],
            "attempts": row[5],
            "created_at": from_us(created),
            "next_at": from_us(due) if row[4] == "waiting" else None,
            "finished_at": from_us(finished) if isinstance(finished, int) else None,
            "last_status": row[9],
            "last_error": row[10],
            "receipt": row[11],
        },
        Delivery,
    )
