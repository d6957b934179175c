"""One event at one of its handlers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from core.errors import HelixError
from core.store.moments import to_us
from core.store.tx import Tx
from core.webhooks.table.handling_table import mark_done


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

    def done_with(self, tx: Tx) -> None:
        """Writes "done" in the transaction that holds the effect; safe to run twice."""
        mark_done(tx, self._event, self.handler, self._at_us)

    def committed(self) -> None:
        """Records that this transaction is on disk."""
        self._done = True


Handler = Callable[[Job], Awaitable[None]]
