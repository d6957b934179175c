"""Passes each incoming event to its handlers, in order, until each handler is done with it.

Every handler has its own lane with its own attempts and circuit breaker, so a failing handler neither blocks
nor repeats another.
"""

from __future__ import annotations

import asyncio
import logging
import random
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from core.breakers.breaker import Breaker
from core.clock import Clock
from core.errors import HelixError
from core.store import Database
from core.store.errors import StoreError
from core.store.moments import from_us, to_us
from core.webhooks.inbox import Inbox, mark_done
from core.webhooks.retries import SCHEDULE_S, next_attempt

logger = logging.getLogger(__name__)

HANDLER_TIMEOUT_S: Final = 120.0
# Upper limit of a lane's wait, so that a changed clock or a missed wake-up is noticed.
_LONGEST_WAIT_S: Final = 30.0
_ERROR_LENGTH: Final = 300


class Refused(HelixError):
    """The handler rejects the event for good: a retry would not help."""


class Job:
    """One event at one of its handlers.

    Attributes:
        handler: the name of the handler.
        event_id: key for external effects, so that they happen once.
        received_at: when the event was received.
        attempt: number of this attempt, from 1.
        first_at: when the first attempt began.
    """

    __slots__ = (
        "_at_us", "_done", "_event", "attempt", "data", "event_id", "first_at", "handler", "received_at",
        "result", "type",
    )  # fmt: skip

    def __init__(
        self,
        event: int,
        handler: str,
        *,
        event_id: str,
        kind: str,
        data: bytes,
        received_at: datetime,
        attempt: int,
        first_at: datetime,
        at: datetime,
    ) -> None:
        self._event = event
        self._at_us = to_us(at)
        self._done = False
        self.handler = handler
        self.event_id = event_id
        self.type = kind
        self.data = data
        self.received_at = received_at
        self.attempt = attempt
        self.first_at = first_at
        self.result: str | None = None

    @property
    def is_done(self) -> bool:
        """Whether the effect and its "done" were committed in one transaction."""
        return self._done

    def done_with(self, connection: sqlite3.Connection) -> None:
        """Writes "done" in the transaction that holds the effect; safe to run twice."""
        mark_done(connection, self._event, self.handler, self._at_us)

    def committed(self) -> None:
        """Records that this transaction is on disk."""
        self._done = True


Handler = Callable[[Job], Awaitable[None]]


class Router:
    """The lanes. Handler names are stored in the database, so they must not change.

    Args:
        breaker: makes the circuit breaker of a handler.
        on_outcome: called with event type and outcome ("done", "failed", "dead") after each attempt.
    """

    def __init__(
        self,
        inbox: Inbox,
        database: Database,
        clock: Clock,
        *,
        breaker: Callable[[str], Breaker],
        on_outcome: Callable[[str, str], None] | None = None,
        jitter: Callable[[], float] = random.random,
        timeout_s: float = HANDLER_TIMEOUT_S,
    ) -> None:
        self._inbox = inbox
        self._database = database
        self._clock = clock
        self._make_breaker = breaker
        self._on_outcome = on_outcome
        self._jitter = jitter
        self._timeout_s = timeout_s
        self._wake: dict[str, asyncio.Event] = {}
        self._handlers: dict[str, Handler] = {}
        inbox.on_accept(self._accepted)

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """The registered handlers by name."""
        return self._handlers

    def register(
        self, name: str, handler: Handler, *, when: Callable[[], Awaitable[object]] | None = None
    ) -> Callable[[], Awaitable[None]]:
        """Adds a handler; returns the loop that runs its lane, for the supervisor.

        Args:
            name: its name in the database.
            handler: processes one event.
            when: awaited before each attempt, such as for a connection; this uses up no attempt.
        """
        if name in self._handlers:
            raise ValueError(f"the handler {name!r} is registered already")
        self._handlers[name] = handler
        self._wake[name] = asyncio.Event()
        breaker = self._make_breaker(name)

        async def lane() -> None:
            # Re-queue work that an earlier run of this lane left unfinished.
            now_us = self._now_us()
            dead = await self._database.write(lambda connection: _take_back(connection, name, now_us))
            self._inbox.waiting -= dead
            while True:
                if when is not None:
                    await when()
                self._wake[name].clear()
                if not await self._one(name, handler, breaker):
                    await self._wait(name)

        return lane

    def wake(self) -> None:
        """Makes every lane look for due work."""
        self._accepted(tuple(self._wake))

    def _accepted(self, names: tuple[str, ...]) -> None:
        for name in names:
            if (wake := self._wake.get(name)) is not None:
                wake.set()

    async def _one(self, name: str, handler: Handler, breaker: Breaker) -> bool:
        """Tries the next due event of a handler; False if none is due."""
        # While the breaker is open, no attempt is counted.
        permit = await breaker.acquire()
        try:
            job = await self._take(name)
            if job is None:
                permit.released()
                return False
            error: Exception | None = None
            try:
                async with asyncio.timeout(self._timeout_s):
                    await handler(job)
            except Exception as failure:  # noqa: BLE001 - any failure is stored, logged and retried
                error = failure
            await self._settle(name, job, error)
        except BaseException:
            permit.released()
            raise
        if error is None or job.is_done:
            permit.succeeded()
        elif isinstance(error, HelixError | StoreError):
            permit.released()
        else:
            permit.failed()
        return True

    async def _take(self, name: str) -> Job | None:
        """Begins the next attempt; the count is committed before the handler runs."""
        now = self._clock.now()
        now_us = to_us(now)

        def work(connection: sqlite3.Connection) -> Job | None:
            row = connection.execute(_DUE, (name, now_us)).fetchone()
            if row is None:
                return None
            seq = int(row[0])
            attempt, first_us = connection.execute(
                "UPDATE handling SET status = 'processing', attempts = attempts + 1, "
                "first_us = coalesce(first_us, ?) WHERE event = ? AND handler = ? "
                "RETURNING attempts, first_us",
                (now_us, seq, name),
            ).fetchone()
            event_id, kind, data, received_us = connection.execute(
                "SELECT id, type, data, received_us FROM inbox WHERE seq = ?", (seq,)
            ).fetchone()
            return Job(
                seq,
                name,
                event_id=event_id,
                kind=kind,
                data=bytes(data),
                received_at=from_us(received_us),
                attempt=attempt,
                first_at=from_us(first_us),
                at=now,
            )

        return await self._database.write(work)

    async def _settle(self, name: str, job: Job, error: Exception | None) -> None:
        if error is None or job.is_done:
            outcome = "done"
            if not job.is_done:
                await self._database.write(lambda connection: _finish(connection, job, name, self._now_us()))
        else:
            retry_at = None
            if not isinstance(error, Refused):
                retry_at = next_attempt(job.attempt, self._clock.now(), jitter=self._jitter)
            outcome = "dead" if retry_at is None else "failed"
            text = _in_short(error)
            row = (
                outcome,
                text,
                None if retry_at is None else to_us(retry_at),
                None if retry_at is not None else self._now_us(),
                name,
                job.event_id,
            )
            if await self._database.write(lambda connection: _fail(connection, row)):
                logger.warning(
                    "inbox.%s event=%s type=%s handler=%s attempt=%d error=%s",
                    outcome, job.event_id, job.type, name, job.attempt, type(error).__name__,
                    exc_info=None if isinstance(error, HelixError | TimeoutError) else error,
                )  # fmt: skip
            else:
                # The handler failed after its effect and "done" had been committed.
                outcome = "done"
        if outcome != "failed":
            self._inbox.waiting -= 1
        if self._on_outcome is not None:
            self._on_outcome(job.type, outcome)

    def _now_us(self) -> int:
        return to_us(self._clock.now())

    async def _wait(self, name: str) -> None:
        """Waits until something may be due for a handler."""

        def work(connection: sqlite3.Connection) -> int | None:
            row = connection.execute(
                "SELECT min(next_us) FROM handling WHERE handler = ? AND status IN ('accepted', 'failed')",
                (name,),
            ).fetchone()
            return None if row[0] is None else int(row[0])

        next_us = await self._database.read(work)
        left_s = _LONGEST_WAIT_S
        if next_us is not None:
            left = from_us(next_us) - self._clock.now()
            left_s = min(left_s, max(0.0, left / timedelta(seconds=1)))
        try:
            async with asyncio.timeout(left_s):
                await self._wake[name].wait()
        except TimeoutError:
            return


_DUE: Final = (
    "SELECT event FROM handling WHERE handler = ? AND status IN ('accepted', 'failed') AND next_us <= ? "
    "ORDER BY next_us, event LIMIT 1"
)


def _take_back(connection: sqlite3.Connection, name: str, now_us: int) -> int:
    """Re-queues unfinished work; returns how many had no attempt left and are dead now.

    The limit ends the loop of an event whose handling crashes the process at each start.
    """
    rows = connection.execute(
        "UPDATE handling SET error = 'cut off by a stop', "
        "status = CASE WHEN attempts < ?1 THEN 'failed' ELSE 'dead' END, "
        "finished_us = CASE WHEN attempts < ?1 THEN NULL ELSE ?2 END, next_us = min(next_us, ?2) "
        "WHERE status = 'processing' AND handler = ?3 RETURNING status",
        (len(SCHEDULE_S), now_us, name),
    )
    return sum(status == "dead" for (status,) in rows)


def _finish(connection: sqlite3.Connection, job: Job, name: str, at_us: int) -> None:
    connection.execute(
        "UPDATE handling SET status = 'done', finished_us = ?, error = NULL, result = ? "
        "WHERE handler = ? AND event = (SELECT seq FROM inbox WHERE id = ?)",
        (at_us, job.result, name, job.event_id),
    )


def _fail(connection: sqlite3.Connection, row: tuple[str, str, int | None, int | None, str, str]) -> bool:
    """Records a failure; False if the handling is done already."""
    changed = connection.execute(
        "UPDATE handling SET status = ?, error = ?, next_us = coalesce(?, next_us), finished_us = ? "
        "WHERE handler = ? AND event = (SELECT seq FROM inbox WHERE id = ?) AND status = 'processing'",
        row,
    )
    return changed.rowcount > 0


def _in_short(error: Exception) -> str:
    """The error text to store and show: that of a `HelixError`, else only the class (no secrets)."""
    if isinstance(error, HelixError):
        return str(error)[:_ERROR_LENGTH]
    return "took too long" if isinstance(error, TimeoutError) else type(error).__name__
