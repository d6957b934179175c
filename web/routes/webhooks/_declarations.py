"""What the routes of webhooks take and answer, as it is documented."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from state.events import IN_EVENTS
from web.parameters import Choice, Parameter, Word
from web.records.webhooks import AcceptedEvent
from web.routing import Link, Refer, Reply, RequestBody

LONGEST_KEY: Final = 255
# GitHub's own events have a route of their own.
_NAMED: Final = {name: spec for name, spec in IN_EVENTS.items() if name != "github"}

EVENT_TYPE: Final = Choice(
    name="event",
    summary="The type of event.",
    example="ucf.update",
    place="path",
    choices=tuple(_NAMED),
)
EVENT_ID: Final = Parameter(
    name="id", summary="The event's id, from the answer to it.", example="evt_0", place="path"
)
IDEMPOTENCY_KEY: Final = Word(
    name="Idempotency-Key",
    longest=LONGEST_KEY,
    summary="The same event under the same key, within 7 days, is kept once. `webhook-id` counts before it.",
    place="header",
)
GITHUB_EVENT: Final = Word(
    name="X-GitHub-Event",
    summary="GitHub's name for it.",
    example="release",
    place="header",
    required=True,
    longest=100,
)
GITHUB_DELIVERY: Final = Word(
    longest=LONGEST_KEY,
    name="X-GitHub-Delivery",
    summary="GitHub's id of the delivery; the same one is kept once.",
    place="header",
)

TAKEN: Final = Reply(
    status=202,
    summary="It is on the disk, and will be handled.",
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
        422: "The data does not fit its event (`field` names what is wrong), or its key is another's.",
        429: "So much waits to be handled that no more is taken for now, or too many wrong tokens came.",
        503: "Webhooks are not configured (`detail` names the setting), or the event could not be kept.",
    }
)

DATA: Final = RequestBody(
    summary="The data of the event that the path names.",
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
                    "timestamp": {"description": "When it happened, for the sender's own use."},
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
    summary="GitHub's payload, as it comes.",
    schema=lambda _: {"type": "object"},
    examples={"release": IN_EVENTS["github"].sample["payload"]},
)
