"""REST hooks as Zapier's platform speaks them: subscribe, unsubscribe, samples."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import msgspec
from aiohttp import web

from core.webhooks.destinations import TooManySubscriptions
from core.webhooks.guard import ForbiddenTarget, check_target
from state.events import OUT_EVENTS, OutSpec, UnknownEventType, find_outgoing
from web.bodies import json_answer
from web.headers import JSON, standard
from web.keys import COLLECTIVE
from web.problems import Problem
from web.routing import RouteSpec
from web.webhook_auth import prove_manager

_HOOKS: Final = "/hooks"
_HOOK: Final = "/hooks/{id}"
_SAMPLES: Final = "/hooks/samples/{event}"


class _Wanted(msgspec.Struct, frozen=True):
    """What a subscriber asks for. Zapier sends further fields, which say nothing to us."""

    target_url: str
    event: str


async def post_hook(request: web.Request) -> web.StreamResponse:
    """Subscribes: 201 with the hook's id and the secret that its deliveries are signed with."""
    prove_manager(request)
    if request.content_type != JSON:
        raise Problem(415, "A subscription is JSON: Content-Type: application/json.")
    try:
        wanted = msgspec.json.decode(await request.read(), type=_Wanted)
    except msgspec.ValidationError as error:
        raise Problem(422, f"{error}.", kind="wrong-data") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(400, f"The body is not JSON: {error}.", kind="not-json") from error
    try:
        find_outgoing(wanted.event)
    except UnknownEventType as error:
        raise Problem(422, str(error), kind="wrong-data", field="event") from error
    webhooks = request.app[COLLECTIVE].webhooks
    try:
        await check_target(wanted.target_url, loopback=webhooks.loopback)
        hook = await webhooks.destinations.subscribe(wanted.event, wanted.target_url)
    except ForbiddenTarget as error:
        raise Problem(422, str(error), kind="wrong-data", field="target_url") from error
    except TooManySubscriptions as error:
        raise Problem(429, str(error), kind="too-many") from error
    return json_answer(HTTPStatus.CREATED, {"id": hook.id, "secret": hook.secret})


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


ROUTES = (
    RouteSpec(
        method="POST",
        path=_HOOKS,
        handler=post_hook,
        summary=f"Subscribes a REST hook to one of {len(OUT_EVENTS)} event types.",
        needs_token="webhook",  # noqa: S106 - the kind of token, not one
    ),
    RouteSpec(
        method="DELETE",
        path=_HOOK,
        handler=delete_hook,
        summary="Removes a REST hook.",
        needs_token="webhook",  # noqa: S106 - likewise
    ),
    RouteSpec(
        path=_SAMPLES,
        handler=get_samples,
        summary="The newest events of a type, as a hook gets them.",
        needs_token="webhook",  # noqa: S106 - likewise
    ),
)
