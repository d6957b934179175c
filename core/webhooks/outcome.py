"""Records an attempt's outcome in one transaction: the delivery, the attempt, the destination's state."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from typing import Final, Literal

import msgspec

from core.clock import Clock
from core.store import Database
from core.store.moments import to_us
from core.webhooks.destinations import Destination, end_waiting, remove_hook
from core.webhooks.outbox import Outbox
from core.webhooks.retries import next_attempt
from core.webhooks.sending import Outcome

logger = logging.getLogger(__name__)

# docs/webhooks.md: a destination that failed for this long is disabled, and the admins are notified.
DISABLED_AFTER: Final = timedelta(days=5)


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """The state of a delivery after an attempt.

    Attributes:
        status: "waiting" if it will be retried.
        disabled: why its destination was disabled or removed by this attempt; None if it was not.
        lag_s: seconds from the event to the end of the attempt.
    """

    delivery: int
    event_id: str
    type: str
    destination: str
    status: Literal["waiting", "delivered", "dead"]
    attempts: int
    outcome: Outcome
    disabled: str | None
    lag_s: float


class _Try(msgspec.Struct, frozen=True):
    """A finished attempt; `jitter` (0 to 1) is drawn beforehand, since the transaction may run twice."""

    delivery: int
    attempts: int
    outcome: Outcome
    jitter: float


class OutcomeRecorder:
    """Records the outcomes of attempts."""

    def __init__(
        self,
        outbox: Outbox,
        database: Database,
        clock: Clock,
        *,
        exhausted: Callable[[Settled], tuple[str, bytes] | None],
        jitter: Callable[[], float],
    ) -> None:
        self._outbox = outbox
        self._database = database
        self._clock = clock
        self._exhausted = exhausted
        self._jitter = jitter

    async def record(
        self, destination: Destination, delivery: int, attempts: int, outcome: Outcome
    ) -> Settled | None:
        """Records an outcome; None if the delivery has ended already (its hook was removed meanwhile)."""
        jitter = self._jitter()

        def work(connection: sqlite3.Connection) -> Settled | None:
            return self._write(connection, destination, _Try(delivery, attempts, outcome, jitter))

        settled = await self._database.write(work)
        if settled is None:
            return None
        if settled.status != "delivered":
            logger.info(
                "delivery.%s id=%d type=%s destination=%s attempt=%d status=%s error=%s",
                "failed" if settled.status == "waiting" else "dead", delivery, settled.type,
                destination.name, attempts, outcome.status, outcome.error,
            )  # fmt: skip
        if settled.status == "dead":
            # The event that reports the dead letter may have destinations.
            self._outbox.committed()
        return settled

    def _write(
        self,
        connection: sqlite3.Connection,
        destination: Destination,
        tried: _Try,
    ) -> Settled | None:
        now = self._clock.now()
        now_us = to_us(now)
        delivery, attempts, outcome = tried.delivery, tried.attempts, tried.outcome
        row = connection.execute(
            "SELECT outbox.id, type, at_us FROM deliveries JOIN outbox ON outbox.seq = event "
            "WHERE deliveries.id = ? AND status IN ('waiting', ?)",
            # A successful delivery counts even if its destination was disabled meanwhile.
            (delivery, "dead" if outcome.verdict == "delivered" else "waiting"),
        ).fetchone()
        if row is None:
            return None
        # Attempt numbers continue after a replay, although `attempts` starts again at 0.
        connection.execute(
            "INSERT INTO attempts (delivery, number, at_us, took_us, status, error) "
            "SELECT ?1, coalesce(max(number), 0) + 1, ?2, ?3, ?4, ?5 FROM attempts WHERE delivery = ?1",
            (delivery, now_us, round(outcome.took_s * 1e6), outcome.status, outcome.error),
        )
        retry_at = None
        if outcome.verdict == "failed":
            retry_at = next_attempt(
                attempts, now, retry_after_s=outcome.retry_after_s, jitter=lambda: tried.jitter
            )
        status: Literal["waiting", "delivered", "dead"] = "waiting"
        if outcome.verdict == "delivered":
            status = "delivered"
        elif retry_at is None:
            status = "dead"
        connection.execute(
            "UPDATE deliveries SET status = ?, attempts = ?, next_us = ?, finished_us = ?, last_status = ?, "
            "last_error = ? WHERE id = ?",
            (
                status,
                attempts,
                now_us if retry_at is None else to_us(retry_at),
                None if status == "waiting" else now_us,
                outcome.status,
                outcome.error,
                delivery,
            ),
        )
        disabled = self._note_destination(connection, destination, outcome, now_us)
        settled = Settled(
            delivery=delivery,
            event_id=row[0],
            type=row[1],
            destination=destination.name,
            status="dead" if disabled is not None and status == "waiting" else status,
            attempts=attempts,
            outcome=outcome,
            disabled=disabled,
            lag_s=(now_us - row[2]) / 1e6,
        )
        report = self._exhausted(settled) if settled.status == "dead" else None
        if report is not None:
            self._outbox.enqueue(connection, now, *report)
        return settled

    def _note_destination(
        self, connection: sqlite3.Connection, destination: Destination, outcome: Outcome, now_us: int
    ) -> str | None:
        """Updates the destination's state; returns why this attempt disabled it, else None."""
        name = destination.name
        if outcome.verdict == "delivered":
            # A replay that succeeds enables a disabled destination again.
            connection.execute("DELETE FROM destination_state WHERE destination = ?", (name,))
            return None
        if outcome.verdict == "gone":
            if not remove_hook(connection, name, now_us):
                _disable(connection, name, now_us, "it answered 410 Gone")
                end_waiting(connection, name, now_us, "its destination is gone")
            return "it answered 410 Gone"
        connection.execute(
            "INSERT INTO destination_state (destination, failing_since_us) VALUES (?, ?) "
            "ON CONFLICT (destination) DO UPDATE SET "
            "failing_since_us = coalesce(failing_since_us, excluded.failing_since_us)",
            (name, now_us),
        )
        since = connection.execute(
            "SELECT failing_since_us FROM destination_state WHERE destination = ?", (name,)
        ).fetchone()[0]
        if now_us - since < DISABLED_AFTER.total_seconds() * 1e6:
            return None
        _disable(connection, name, now_us, "it has failed for 5 days")
        end_waiting(connection, name, now_us, "its destination is disabled")
        return "it has failed for 5 days"


def _disable(connection: sqlite3.Connection, name: str, now_us: int, reason: str) -> None:
    connection.execute(
        "INSERT INTO destination_state (destination, disabled_us, disabled_why) VALUES (?1, ?2, ?3) "
        "ON CONFLICT (destination) DO UPDATE SET disabled_us = ?2, disabled_why = ?3, told_us = NULL",
        (name, now_us, reason),
    )
