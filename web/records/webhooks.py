"""The bodies of the routes of webhooks and REST hooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from core.clock import Moment
from core.webhooks.inbox import HandlingStatus, InboxEvent


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """An event as it goes out (Standard Webhooks, "Payload structure").

    Attributes:
        type: such as "ucf.changed"; GET /webhooks lists them with the schema of their data.
    """

    type: str
    timestamp: Moment
    data: dict[str, Any]


class AcceptedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event that is on the disk, and will be handled.

    Attributes:
        id: under which GET /webhooks/events/{id} tells what became of it.
        event: its type.
        duplicate: its idempotency key was here before, with the same event; nothing is done twice.
    """

    id: str
    event: str
    status: Literal["accepted"] = "accepted"
    duplicate: bool


class Pong(msgspec.Struct, frozen=True):
    """The answer to GitHub's ping."""

    pong: Literal[True]


class EventHandler(msgspec.Struct, frozen=True, kw_only=True):
    """How far one handler has come with an event.

    Attributes:
        error: of the last attempt; null where there is none.
        next_at: when it is tried (again); null where that is over.
    """

    name: str
    status: HandlingStatus
    attempts: int
    error: str | None
    next_at: Moment | None


class ReceivedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event that came in, and what became of it.

    Attributes:
        status: of all its handlers together; "failed" will be tried again, "dead" will not.
    """

    id: str
    event: str
    status: HandlingStatus
    received_at: Moment
    handlers: tuple[EventHandler, ...]


class IncomingType(msgspec.Struct, frozen=True, kw_only=True):
    """A type of event that may come in.

    Attributes:
        path: where its data is sent.
        schema: of its data, as JSON Schema 2020-12.
        sample: data that would be taken.
    """

    type: str
    summary: str
    path: str
    schema: Mapping[str, Any]
    sample: Mapping[str, Any]


class OutgoingType(msgspec.Struct, frozen=True, kw_only=True):
    """A type of event that goes out.

    Attributes:
        schema: of its data, as JSON Schema 2020-12.
        sample: data as it goes out.
    """

    type: str
    summary: str
    schema: Mapping[str, Any]
    sample: Mapping[str, Any]


class EventTypes(msgspec.Struct, frozen=True, kw_only=True):
    """Every type of event."""

    incoming: tuple[IncomingType, ...]
    outgoing: tuple[OutgoingType, ...]


class WantedHook(msgspec.Struct, frozen=True):
    """What a subscriber asks for. Zapier sends further fields, which say nothing to us.

    Attributes:
        target_url: https, to a public address.
        event: the type of event that is wanted.
    """

    target_url: str
    event: str


class Hook(msgspec.Struct, frozen=True):
    """A subscription.

    Attributes:
        secret: what its deliveries are signed with; said this once.
    """

    id: str
    secret: str


def received_body(event: InboxEvent) -> ReceivedEvent:
    """What became of an event."""
    return ReceivedEvent(
        id=event.id,
        event=event.type,
        status=event.status,
        received_at=event.received_at,
        handlers=tuple(
            EventHandler(
                name=handling.name,
                status=handling.status,
                attempts=handling.attempts,
                error=handling.error,
                next_at=handling.next_at,
            )
            for handling in event.handlers
        ),
    )
