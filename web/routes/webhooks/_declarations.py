"""Parameters, bodies and responses of the webhook routes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from state.events import IN_EVENTS
from web.parameters import Choice, Parameter, Word
from web.records.webhooks import AcceptedEvent
from web.routing import Link, Refer, Reply, RequestBody

LONGEST_KEY: Final = 255
# GitHub's events have a separate route.
_NAMED: Final = {name: spec for name, spec in IN_EVENTS.items() if name != "github"}

EVENT_TYPE: Final = Choice(
    name="event",
    summary="The event type.",
    example="ucf.update",
    place="path",
    choices=tuple(_NAMED),
)
EVENT_ID: Final = Parameter(
    name="id", summary="The event's id, from the 202 response.", example="evt_0", place="path"
)
IDEMPOTENCY_KEY: Final = Word(
    name="Idempotency-Key",
    longest=LONGEST_KEY,
    summary="An event with the same key is accepted once within 7 days. `webhook-id` takes precedence.",
    place="header",
)
GITHUB_EVENT: Final = Word(
    name="X-GitHub-Event",
    summary="GitHub's name of the event.",
    example="release",
    place="header",
    required=True,
    longest=100,
)
GITHUB_DELIVERY: Final = Word(
    longest=LONGEST_KEY,
    name="X-GitHub-Delivery",
    summary="GitHub's id of the delivery; each id is accepted once.",
    place="header",
)

TAKEN: Final = Reply(
    status=202,
    summary="The event is stored and will be handled.",
    record=AcceptedEvent,
    links=(Link(operation="getEvent", parameter="id", member="id"),),
    example={
        "id": "evt_0123456789abcdef0123456789abcdef",
        "event": "ucf.update",
        "status": "accepted",
        "duplicate": False,
    },
)
REFUSALS: Final[Mapping[int, str]] = MappingProxyType(
    {
        422: "The data is invalid (`field` names the field), or the key belongs to another event.",
        429: "Too many events are waiting, or this client sent too many wrong tokens.",
        503: "Webhooks are not configured (`detail` names the setting), or the event could not be stored.",
    }
)

DATA: Final = RequestBody(
    summary="The data of the event in the path.",
    schema=lambda refer: {"anyOf": [refer(spec.record) for spec in _NAMED.values()]},
    examples={name: spec.sample for name, spec in _NAMED.items()},
)


def _envelope(refer: Refer) -> dict[str, Any]:
    return {
        "oneOf": [
            {
                "type": "object",
                "title": name,
                "properties": {
                    "type": {"const": name},
                    "timestamp": {"description": "When it happened; ignored by Helix."},
                    "data": refer(spec.record),
                },
                "required": ["type", "data"],
                "additionalProperties": False,
            }
            for name, spec in _NAMED.items()
        ]
    }


ENVELOPE: Final = RequestBody(
    summary="An event with its type.",
    schema=_envelope,
    examples={
        name: {"type": name, "timestamp": "2026-01-01T12:00:00Z", "data": spec.sample}
        for name, spec in _NAMED.items()
    },
)
GITHUB_PAYLOAD: Final = RequestBody(
    summary="GitHub's payload, unchanged.",
    schema=lambda _: {"type": "object"},
    examples={"release": IN_EVENTS["github"].sample["payload"]},
)
