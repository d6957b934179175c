"""Records an attempt's outcome in one transaction: the delivery, the attempt, the destination's state."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Final, Literal

import msgspec

from core.clock import Clock
from core.store import Store
from core.store.moments import to_us
from core.store.tx import Tx
from core.webhooks.destinations import Destination
from core.webhooks.outbox import ATTEMPTED, Outbox
from core.webhooks.retries import next_attempt
from core.webhooks.sending import Outcome
from core.webhooks.table import delivery_table, destination_table

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
        database: Store,
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

        def work(tx: Tx) -> Settled | None:
            return self._write(tx, destination, _Try(delivery, attempts, outcome, jitter))

        settled = await self._database.write(work, kinds=ATTEMPTED)
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
        tx: Tx,
        destination: Destination,
        tried: _Try,
    ) -> Settled | None:
        now = self._clock.now()
        now_us = to_us(now)
        delivery, attempts, outcome = tried.delivery, tried.attempts, tried.outcome
        # A successful delivery counts even if its destination was disabled meanwhile.
        row = delivery_table.event_of(tx, delivery, "dead" if outcome.verdict == "delivered" else "waiting")
        if row is None:
            return None
        took_us = round(outcome.took_s * 1e6)
        delivery_table.add_attempt(tx, delivery, now_us, took_us, status=outcome.status, error=outcome.error)
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
        delivery_table.settle(
            tx,
            delivery,
            status,
            attempts,
            next_us=now_us if retry_at is None else to_us(retry_at),
            finished_us=None if status == "waiting" else now_us,
            last_status=outcome.status,
            last_error=outcome.error,
        )
        disabled = self._note_destination(tx, destination, outcome, now_us)
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
            self._outbox.enqueue(tx, now, *report)
        return settled

    def _note_destination(
        self, tx: Tx, destination: Destination, outcome: Outcome, now_us: int
    ) -> str | None:
        """Updates the destination's state; returns why this attempt disabled it, else None."""
        name = destination.name
        if outcome.verdict == "delivered":
            # A replay that succeeds enables a disabled destination again.
            destination_table.forget_state(tx, name)
            return None
        if outcome.verdict == "gone":
            if not destination_table.remove_hook(tx, name, now_us):
                destination_table.disable(tx, name, now_us, "it answered 410 Gone")
                delivery_table.end_waiting(tx, name, now_us, "its destination is gone")
            return "it answered 410 Gone"
        since_us = destination_table.failing_since(tx, name, now_us)
        if now_us - since_us < DISABLED_AFTER.total_seconds() * 1e6:
            return None
        destination_table.disable(tx, name, now_us, "it has failed for 5 days")
        delivery_table.end_waiting(tx, name, now_us, "its destination is disabled")
        return "it has failed for 5 days"
