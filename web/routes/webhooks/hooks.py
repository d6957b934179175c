"""REST hooks in the form that Zapier's platform uses: subscribe, unsubscribe, samples."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import msgspec
from aiohttp import web

from core.http.guard import ForbiddenTarget, check_target
from core.webhooks.destinations import TooManySubscriptions
from state.events import OUT_EVENTS, UnknownEventType, find_outgoing
from web.access.webhook_auth import authenticate_manager
from web.answers.bodies import json_answer
from web.answers.headers import standard
from web.answers.problems import Problem
from web.keys import COLLECTIVE
from web.parameters import Choice, Parameter
from web.records.webhooks import Envelope, Hook, WantedHook
from web.requests.request_body import read_record
from web.routing import Link, Reply, RequestBody, RouteSpec

_HOOKS: Final = "/hooks"
_HOOK: Final = "/hooks/{id}"
_SAMPLES: Final = "/hooks/samples/{event}"
# In seconds; somebody must remove a hook first.
_RETRY_S: Final = "3600"


async def post_hook(request: web.Request) -> web.StreamResponse:
    """Subscribes a hook: 201 with its id and the secret that signs its deliveries."""
    authenticate_manager(request)
    wanted = await read_record(request, WantedHook)
    try:
        find_outgoing(wanted.event)
    except UnknownEventType as error:
        raise Problem(422, str(error), kind="wrong-data", field="event") from error
    webhooks = request.app[COLLECTIVE].webhooks
    try:
        await check_target(wanted.target_url, loopback=webhooks.loopback, look_ups=webhooks.look_ups)
        hook = await webhooks.destinations.subscribe(wanted.event, wanted.target_url)
    except ForbiddenTarget as error:
        raise Problem(422, str(error), kind="wrong-data", field="target_url") from error
    except TooManySubscriptions as error:
        raise Problem(429, str(error), kind="too-many", headers={"Retry-After": _RETRY_S}) from error
    return json_answer(HTTPStatus.CREATED, Hook(hook.id, hook.secret))


async def delete_hook(request: web.Request) -> web.StreamResponse:
    """Unsubscribes a hook: 204, and nothing more is sent."""
    authenticate_manager(request)
    if not await request.app[COLLECTIVE].webhooks.destinations.unsubscribe(request.match_info["id"][:64]):
        raise Problem(404, "No hook has this id.", kind="unknown-hook")
    return web.Response(status=HTTPStatus.NO_CONTENT, headers=dict(standard()))


async def get_samples(request: web.Request) -> web.StreamResponse:
    """The newest events of a type in the shape of a delivery, or the sample if there is none yet."""
    authenticate_manager(request)
    try:
        spec = find_outgoing(request.match_info["event"])
    except UnknownEventType as error:
        raise Problem(404, str(error), kind="unknown-event-type", suggestion=error.suggestion) from error
    kept = await request.app[COLLECTIVE].webhooks.outbox.samples(spec.name)
    sample = {"type": spec.name, "timestamp": "2026-01-01T12:00:00Z", "data": dict(spec.sample)}
    return json_answer(HTTPStatus.OK, [msgspec.json.decode(payload) for payload in kept] or [sample])


_HOOK_ID: Final = Parameter(
    name="id", summary="The hook's id, from the 201 response.", example="hook_0123456789abcdef", place="path"
)
_EVENT: Final = Choice(
    name="event",
    summary="The event type.",
    example="ucf.changed",
    place="path",
    choices=tuple(OUT_EVENTS),
)
_WANTED: Final = RequestBody(
    summary="The target and the event type. Other fields are ignored.",
    schema=lambda refer: refer(WantedHook),
    examples={
        "Zapier": {"target_url": "https://hooks.zapier.com/hooks/standard/1/abc/", "event": "ucf.changed"}
    },
)

ROUTES = (
    RouteSpec(
        method="POST",
        path=_HOOKS,
        handler=post_hook,
        summary=f"Subscribes a REST hook to one of {len(OUT_EVENTS)} event types.",
        auth="webhook",
        group="REST hooks",
        body=_WANTED,
        replies=(
            Reply(
                status=201,
                summary="Subscribed; the secret is shown only here.",
                record=Hook,
                links=(Link(operation="deleteHook", parameter="id", member="id"),),
            ),
        ),
        problems={
            422: "The event type is unknown or the target is not allowed; `field` names which.",
            429: "The maximum number of hooks exists already.",
        },
    ),
    RouteSpec(
        method="DELETE",
        path=_HOOK,
        handler=delete_hook,
        summary="Removes a REST hook.",
        auth="webhook",
        group="REST hooks",
        parameters=(_HOOK_ID,),
        replies=(Reply(status=204, summary="Unsubscribed; nothing more is sent.", media_types=()),),
        problems={404: "No hook has this id."},
    ),
    RouteSpec(
        path=_SAMPLES,
        handler=get_samples,
        summary="The newest events of a type, as a hook receives them.",
        auth="webhook",
        group="REST hooks",
        parameters=(_EVENT,),
        replies=(
            Reply(summary="At most three, newest first; a sample if there is none.", record=list[Envelope]),
        ),
        problems={404: "No event type has this name; `suggestion` has a similar one."},
    ),
)
