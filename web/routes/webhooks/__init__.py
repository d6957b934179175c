"""Incoming events: POST /webhooks/{event}, POST /webhooks, POST /webhooks/github, and their status."""

from __future__ import annotations

from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final

import msgspec
from aiohttp import web

from core.webhooks.inbox import IdempotencyConflict, InboxFull
from state.events import (
    IN_EVENTS,
    OUT_EVENTS,
    InSpec,
    UnknownEventType,
    WrongData,
    data_schema,
    find_incoming,
    parse_data,
)
from state.webhooks.github import announced_part
from web.access.webhook_auth import authenticate_github, authenticate_manager, authenticate_sender
from web.answers.bodies import Body, encode_json, json_answer
from web.answers.headers import JSON
from web.answers.problems import Problem
from web.keys import COLLECTIVE
from web.records.webhooks import (
    AcceptedEvent,
    EventTypes,
    IncomingType,
    OutgoingType,
    Pong,
    ReceivedEvent,
    received_body,
)
from web.requests.request_body import NOT_JSON, not_json, read_body
from web.requests.responses import RESPONSES
from web.routes.webhooks._declarations import (
    DATA,
    ENVELOPE,
    EVENT_ID,
    EVENT_TYPE,
    GITHUB_DELIVERY,
    GITHUB_EVENT,
    GITHUB_PAYLOAD,
    IDEMPOTENCY_KEY,
    LONGEST_KEY,
    REFUSALS,
    TAKEN,
)
from web.routing import Reply, RouteSpec

_ALL: Final = "/webhooks"
_ONE: Final = "/webhooks/{event}"
_GITHUB: Final = "/webhooks/github"
_EVENT: Final = "/webhooks/events/{id}"
# Only GitHub's signature authenticates them.
_GITHUB_ELSEWHERE: Final = "Send GitHub's own events to /webhooks/github."
_RETRY_S: Final = "30"
_ENVELOPE: Final = frozenset({"type", "timestamp", "data"})


async def post_event(request: web.Request) -> web.StreamResponse:
    """Accepts the data of one event; its type is in the path."""
    body = await _read(request)
    authenticate_sender(request, body)
    try:
        spec = find_incoming(request.match_info["event"])
    except UnknownEventType as error:
        raise Problem(404, str(error), kind="unknown-event-type", suggestion=error.suggestion) from error
    if spec.name == "github":
        raise Problem(404, _GITHUB_ELSEWHERE)
    return await _accept(request, spec, _object(body), _key_of(request))


async def post_envelope(request: web.Request) -> web.StreamResponse:
    """Accepts `{type, timestamp, data}`, for senders with a single URL."""
    body = await _read(request)
    authenticate_sender(request, body)
    envelope = _object(body)
    unknown = sorted(set(envelope) - _ENVELOPE)
    if unknown:
        raise _wrong(unknown[0][:64], "is unknown; the envelope has type, timestamp and data")
    kind, data = envelope.get("type"), envelope.get("data")
    if not isinstance(kind, str):
        raise _wrong("type", "is required and must be a string")
    if not isinstance(data, dict):
        raise _wrong("data", "is required and must be an object")
    try:
        spec = find_incoming(kind)
    except UnknownEventType as error:
        raise _wrong("type", str(error)) from error
    if spec.name == "github":
        raise _wrong("type", _GITHUB_ELSEWHERE)
    return await _accept(request, spec, data, _key_of(request))


async def post_github(request: web.Request) -> web.StreamResponse:
    """Accepts GitHub's events; `ping` is answered and not stored."""
    body = await _read(request)
    authenticate_github(request, body)
    event = request.headers.get("X-GitHub-Event", "")
    if not 1 <= len(event) <= GITHUB_EVENT.longest or not event.isascii():
        raise Problem(400, f"X-GitHub-Event must have 1 to {GITHUB_EVENT.longest} ASCII characters.")
    payload = announced_part(event, _object(body))
    if event == "ping":
        return json_answer(HTTPStatus.OK, Pong(pong=True))
    delivery = request.headers.get("X-GitHub-Delivery")
    key = None if delivery is None else f"github:{_checked_key(delivery, 'X-GitHub-Delivery')}"
    # GitHub signs only the body, so a replay may carry another delivery id.
    body_key = f"github:{sha256(body).hexdigest()}"
    data = {"event": event, "payload": payload}
    return await _accept(request, IN_EVENTS["github"], data, key, body_key=body_key)


async def get_event(request: web.Request) -> web.StreamResponse:
    """The status of an incoming event and its handlers."""
    authenticate_manager(request)
    found = await request.app[COLLECTIVE].webhooks.inbox.find(request.match_info["id"][:LONGEST_KEY])
    if found is None:
        raise Problem(404, "No event has this id. Events are kept for 30 days.", kind="unknown-event")
    return json_answer(HTTPStatus.OK, received_body(found))


async def get_types(request: web.Request) -> web.StreamResponse:
    """All event types with schema and sample."""
    return request.app[RESPONSES].serve(request, _ALL, _types)


async def _accept(
    request: web.Request,
    spec: InSpec,
    data: dict[str, Any],
    key: str | None,
    *,
    body_key: str | None = None,
) -> web.StreamResponse:
    webhooks = request.app[COLLECTIVE].webhooks
    try:
        webhooks.check(parse_data(spec, data))
        accepted = await webhooks.accept(
            spec, msgspec.json.encode(data, order="sorted"), key, body_key=body_key
        )
    except WrongData as error:
        raise _wrong(error.field, error.problem) from error
    except IdempotencyConflict as error:
        raise Problem(422, str(error), kind="key-reused") from error
    except InboxFull as error:
        raise Problem(429, str(error), kind="busy", headers={"Retry-After": _RETRY_S}) from error
    body = AcceptedEvent(id=accepted.id, event=spec.name, duplicate=accepted.duplicate)
    return json_answer(HTTPStatus.ACCEPTED, body)


async def _read(request: web.Request) -> bytes:
    if request.content_type != JSON and not request.content_type.endswith("+json"):
        raise Problem(
            415, "The body must be JSON: send Content-Type: application/json.", headers={"Accept-Post": JSON}
        )
    return await read_body(request)


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(body)
    except NOT_JSON as error:
        raise not_json(body, error) from error
    if not isinstance(value, dict):
        raise Problem(400, "The body must be a JSON object.", kind="not-json")
    return value


def _key_of(request: web.Request) -> str | None:
    """The idempotency key: `webhook-id`, else `Idempotency-Key`; None if both are missing."""
    for name in ("webhook-id", "Idempotency-Key"):
        key = request.headers.get(name)
        if key is not None:
            return _checked_key(key, name)
    return None


def _checked_key(key: str, header: str) -> str:
    if not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise Problem(400, f"{header} must be 1 to {LONGEST_KEY} visible ASCII characters.", kind="bad-key")
    return key


def _wrong(field: str, problem: str) -> Problem:
    said = problem if problem.endswith((".", "?")) else f"{problem}."
    detail = f"`{field}` {said}" if field and not said[:1].isupper() else f"{field}: {said}"
    return Problem(422, detail if field else said, kind="wrong-data", field=field or None)


def _types() -> Body:
    incoming = tuple(
        IncomingType(
            type=spec.name,
            summary=spec.summary,
            path=_GITHUB if spec.name == "github" else f"/webhooks/{spec.name}",
            schema=data_schema(spec.record),
            sample=spec.sample,
        )
        for spec in IN_EVENTS.values()
    )
    outgoing = tuple(
        OutgoingType(
            type=spec.name, summary=spec.summary, schema=data_schema(spec.record), sample=spec.sample
        )
        for spec in OUT_EVENTS.values()
    )
    return Body(encode_json(EventTypes(incoming=incoming, outgoing=outgoing)))


ROUTES = (
    RouteSpec(
        path=_ALL,
        handler=get_types,
        summary="All event types, incoming and outgoing, with JSON Schema and sample.",
        ttl_s=60.0,
        group="Webhooks",
        replies=(Reply(summary="The event types.", record=EventTypes),),
    ),
    RouteSpec(
        method="POST",
        path=_ALL,
        handler=post_envelope,
        summary="Accepts an event as {type, timestamp, data}.",
        auth="webhook",
        proofs=("standard-webhooks", "token"),
        group="Webhooks",
        parameters=(IDEMPOTENCY_KEY,),
        body=ENVELOPE,
        replies=(TAKEN,),
        problems=REFUSALS,
    ),
    RouteSpec(
        method="POST",
        path=_GITHUB,
        handler=post_github,
        summary="Accepts GitHub's own events.",
        auth="webhook",
        proofs=("github",),
        group="Webhooks",
        parameters=(GITHUB_EVENT, GITHUB_DELIVERY),
        body=GITHUB_PAYLOAD,
        replies=(TAKEN, Reply(summary="GitHub's ping is answered and not stored.", record=Pong)),
        problems=REFUSALS,
    ),
    RouteSpec(
        path=_EVENT,
        handler=get_event,
        summary="The status of an incoming event.",
        auth="webhook",
        group="Webhooks",
        parameters=(EVENT_ID,),
        replies=(Reply(summary="The event with the progress of each handler.", record=ReceivedEvent),),
        problems={404: "No event has this id. Events are kept for 30 days."},
        # The id in the example need not exist.
        expected=(404,),
    ),
    RouteSpec(
        method="POST",
        path=_ONE,
        handler=post_event,
        summary="Accepts the data of one event; the type is in the path.",
        auth="webhook",
        proofs=("standard-webhooks", "token"),
        group="Webhooks",
        parameters=(EVENT_TYPE, IDEMPOTENCY_KEY),
        body=DATA,
        replies=(TAKEN,),
        problems={**REFUSALS, 404: "No event type has this name; `suggestion` has a similar one."},
    ),
)
