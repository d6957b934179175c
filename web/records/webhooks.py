"""The bodies of the routes of webhooks and REST hooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from core.clock import Moment
from core.webhooks.records import HandlingStatus, InboxEvent


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """An outgoing event (Standard Webhooks, "Payload structure").

    Attributes:
        type: such as "ucf.changed"; GET /webhooks lists them with the schema of their data.
    """

    type: str
    timestamp: Moment
    data: dict[str, Any]


class AcceptedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event that is stored and will be handled.

    Attributes:
        id: the id for GET /webhooks/events/{id}.
        event: its type.
        duplicate: whether the same event with this idempotency key was accepted before; it runs only once.
    """

    id: str
    event: str
    status: Literal["accepted"] = "accepted"
    duplicate: bool


class Pong(msgspec.Struct, frozen=True):
    """The answer to GitHub's ping."""

    pong: Literal[True]


class EventHandler(msgspec.Struct, frozen=True, kw_only=True):
    """One handler's progress with an event.

    Attributes:
        error: the error of the last attempt; null if there is none.
        next_at: when the next attempt is due; null if there is none.
    """

    name: str
    status: HandlingStatus
    attempts: int
    error: str | None
    next_at: Moment | None


class ReceivedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An incoming event and its status.

    Attributes:
        status: of all its handlers together; "failed" will be retried, "dead" will not.
    """

    id: str
    event: str
    status: HandlingStatus
    received_at: Moment
    handlers: tuple[EventHandler, ...]


class IncomingType(msgspec.Struct, frozen=True, kw_only=True):
    """A type of incoming event.

    Attributes:
        path: where to send its data.
        schema: of its data, as JSON Schema 2020-12.
        sample: valid data.
    """

    type: str
    summary: str
    path: str
    schema: Mapping[str, Any]
    sample: Mapping[str, Any]


class OutgoingType(msgspec.Struct, frozen=True, kw_only=True):
    """A type of outgoing event.

    Attributes:
        schema: of its data, as JSON Schema 2020-12.
        sample: example data.
    """

    type: str
    summary: str
    schema: Mapping[str, Any]
    sample: Mapping[str, Any]


class EventTypes(msgspec.Struct, frozen=True, kw_only=True):
    """All event types."""

    incoming: tuple[IncomingType, ...]
    outgoing: tuple[OutgoingType, ...]


class WantedHook(msgspec.Struct, frozen=True):
    """A request to subscribe. Zapier sends more fields; Helix ignores them.

    Attributes:
        target_url: https, to a public address.
        event: the event type to receive.
    """

    target_url: str
    event: str


class Hook(msgspec.Struct, frozen=True):
    """A subscription.

    Attributes:
        secret: the secret that signs its deliveries; shown only here.
    """

    id: str
    secret: str


def received_body(event: InboxEvent) -> ReceivedEvent:
    """The body for an incoming event."""
    return ReceivedEvent(
        id=event.id,
        event=event.type,
        status=event.status,
        received_at=event.received_at,
        handlers=msgspec.convert(event.handlers, tuple[EventHandler, ...], from_attributes=True),
    )
