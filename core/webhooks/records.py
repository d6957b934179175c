"""Records of incoming events and of deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

import msgspec

DeliveryStatus = Literal["waiting", "delivered", "dead"]
HandlingStatus = Literal["accepted", "processing", "failed", "done", "dead"]

# The status of an event is the first of these that one of its handlers has.
_ORDER: Final[tuple[HandlingStatus, ...]] = ("processing", "failed", "accepted", "dead", "done")


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
        return next((status for status in _ORDER if status in found), "done")


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
