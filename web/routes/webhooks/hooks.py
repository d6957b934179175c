"""REST hooks as Zapier's platform speaks them: subscribe, unsubscribe, samples."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import msgspec
from aiohttp import web

from core.http.guard import ForbiddenTarget, check_target
from core.webhooks.destinations import TooManySubscriptions
from state.events import OUT_EVENTS, OutSpec, UnknownEventType, find_outgoing
from web.access.webhook_auth import prove_manager
from web.answers.bodies import json_answer
from web.answers.headers import JSON, standard
from web.answers.problems import Problem
from web.keys import COLLECTIVE
from web.parameters import Choice, Parameter
from web.records.webhooks import Envelope, Hook, WantedHook
from web.requests.request_body import read_record
from web.routing import Link, Reply, RequestBody, RouteSpec

_HOOKS: Final = "/hooks"
_HOOK: Final = "/hooks/{id}"
_SAMPLES: Final = "/hooks/samples/{event}"
# Until somebody has removed a hook.
_RETRY_S: Final = "3600"


async def post_hook(request: web.Request) -> web.StreamResponse:
    """Subscribes: 201 with the hook's id and the secret that its deliveries are signed with."""
    prove_manager(request)
    if request.content_type != JSON:
        raise Problem(415, "A subscription is JSON: Content-Type: application/json.")
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
    """Unsubscribes: 204, and nothing more is sent."""
    prove_manager(request)
    if not await request.app[COLLECTIVE].webhooks.destinations.unsubscribe(request.match_info["id"][:64]):
        raise Problem(404, "There is no hook of that id.", kind="unknown-hook")
    return web.Response(status=HTTPStatus.NO_CONTENT, headers=dict(standard()))


async def get_samples(request: web.Request) -> web.StreamResponse:
    """The newest events of a type in the shape of the hook, or the sample where there is none yet."""
    prove_manager(request)
    try:
        spec = find_outgoing(request.match_info["event"])
    except UnknownEventType as error:
        raise Problem(404, str(error), kind="unknown-event-type", suggestion=error.suggestion) from error
    kept = await request.app[COLLECTIVE].webhooks.outbox.samples(spec.name)
    samples = [msgspec.json.decode(payload) for payload in kept] or [_sample(spec)]
    return json_answer(HTTPStatus.OK, samples)


def _sample(spec: OutSpec) -> dict[str, object]:
    return {"type": spec.name, "timestamp": "2026-01-01T12:00:00Z", "data": dict(spec.sample)}


_HOOK_ID: Final = Parameter(
    name="id", summary="The hook's id, from its subscription.", example="hook_0123456789abcdef", place="path"
)
_EVENT: Final = Choice(
    name="event",
    summary="The type of event.",
    example="ucf.changed",
    place="path",
    choices=tuple(OUT_EVENTS),
)
_WANTED: Final = RequestBody(
    summary="Where to send which type of event. Further fields say nothing to Helix.",
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
        needs_token="webhook",  # noqa: S106 - the kind of token, not one
        group="REST hooks",
        body=_WANTED,
        replies=(
            Reply(
                status=201,
                summary="Subscribed; the secret is said this once.",
                record=Hook,
                links=(Link(operation="deleteHook", parameter="id", member="id"),),
            ),
        ),
        problems={
            422: "The event type or the target is none that is taken; `field` names which.",
            429: "There are as many hooks as there may be.",
        },
    ),
    RouteSpec(
        method="DELETE",
        path=_HOOK,
        handler=delete_hook,
        summary="Removes a REST hook.",
        needs_token="webhook",  # noqa: S106 - likewise
        group="REST hooks",
        parameters=(_HOOK_ID,),
        replies=(Reply(status=204, summary="Gone; nothing more is sent.", media_types=()),),
        problems={404: "There is no hook of that id."},
    ),
    RouteSpec(
        path=_SAMPLES,
        handler=get_samples,
        summary="The newest events of a type, as a hook gets them.",
        needs_token="webhook",  # noqa: S106 - likewise
        group="REST hooks",
        parameters=(_EVENT,),
        replies=(
            Reply(
                summary="At most three, newest first; a sample where there is none.", record=list[Envelope]
            ),
        ),
        problems={404: "There is no event type of that name; the nearest is suggested."},
    ),
)
