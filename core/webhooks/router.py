"""Passes each incoming event to its handlers, in order, until each handler is done with it.

Every handler has its own lane with its own attempts and circuit breaker, so a failing handler neither blocks
nor repeats another.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final

from core.breakers.breaker import Breaker
from core.clock import Clock
from core.errors import HelixError
from core.store import Store
from core.store.errors import StoreError
from core.store.moments import from_us, to_us
from core.webhooks.inbox import HANDLED, Inbox
from core.webhooks.job import Handler, Job, Refused
from core.webhooks.retries import next_attempt
from core.webhooks.table import handling_table

logger = logging.getLogger(__name__)

HANDLER_TIMEOUT_S: Final = 120.0
# Upper limit of a lane's wait, so that a changed clock or a missed wake-up is noticed.
_LONGEST_WAIT_S: Final = 30.0
_ERROR_LENGTH: Final = 300


class Router:
    """The lanes. Handler names are stored in the database, so they must not change.

    Args:
        breaker: makes the circuit breaker of a handler.
        on_outcome: called with event type and outcome ("done", "failed", "dead") after each attempt.
    """

    def __init__(
        self,
        inbox: Inbox,
        database: Store,
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
            dead = await self._database.write(
                lambda tx: handling_table.take_back(tx, name, now_us), kinds=HANDLED
            )
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
        begun = await self._database.write(lambda tx: handling_table.begin(tx, name, to_us(now)))
        if begun is None:
            return None
        seq, attempt, first_us, event_id, kind, data, received_us = begun
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

    async def _settle(self, name: str, job: Job, error: Exception | None) -> None:
        if error is None or job.is_done:
            outcome = "done"
            if not job.is_done:
                await self._database.write(
                    lambda tx: handling_table.finish(tx, job.event_id, name, job.result, self._now_us()),
                    kinds=HANDLED,
                )
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
            if await self._database.write(lambda tx: handling_table.fail(tx, row), kinds=HANDLED):
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
        next_us = await self._database.read(lambda tx: handling_table.next_due_us(tx, name))
        left_s = _LONGEST_WAIT_S
        if next_us is not None:
            left = from_us(next_us) - self._clock.now()
            left_s = min(left_s, max(0.0, left / timedelta(seconds=1)))
        try:
            async with asyncio.timeout(left_s):
                await self._wake[name].wait()
        except TimeoutError:
            return


def _in_short(error: Exception) -> str:
    """The error text to store and show: that of a `HelixError`, else only the class (no secrets)."""
    if isinstance(error, HelixError):
        return str(error)[:_ERROR_LENGTH]
    return "took too long" if isinstance(error, TimeoutError) else type(error).__name__
