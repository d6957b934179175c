"""GET /.well-known/helix.json: service discovery for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec
from aiohttp import web

from core.version import VERSION
from state.events import IN_EVENTS, OUT_EVENTS
from web.answers.bodies import Body, encode_json
from web.openapi.reference import REFERENCE, Reference
from web.requests.responses import RESPONSES
from web.routing import Reply, RouteSpec

_PATH: Final = "/.well-known/helix.json"
_LINKS = {
    "dashboard": "/",
    "documentation": "/docs",
    "openapi": "/openapi.json",
    "status": "/status",
    "health": "/health",
    "metrics": "/metrics",
    "webhooks": "/webhooks",
}


class DiscoveredRoute(msgspec.Struct, frozen=True, kw_only=True):
    """One route.

    Attributes:
        path: the template, such as `/agents/{name}`.
        ttl_s: how long its response is cached, in seconds; null if it is not.
        needs_token: the token that a request needs if that token is set: `none`, `read` or `webhook`.
    """

    method: str
    path: str
    summary: str
    ttl_s: float | None
    needs_token: str


class EventNames(msgspec.Struct, frozen=True):
    """The event types; GET /webhooks has their schemas.

    Attributes:
        incoming: events that Helix accepts.
        outgoing: events that clients can subscribe to.
    """

    incoming: tuple[str, ...]
    outgoing: tuple[str, ...]


class Discovery(msgspec.Struct, frozen=True, kw_only=True):
    """Describes this server to programs.

    Attributes:
        version: the version of Helix.
        links: full URLs by name.
    """

    name: str
    description: str
    version: str
    links: Mapping[str, str]
    routes: tuple[DiscoveredRoute, ...]
    events: EventNames


async def get_discovery(request: web.Request) -> web.StreamResponse:
    """Name, version, routes, event types in and out, and links."""
    reference = request.app[REFERENCE]
    return request.app[RESPONSES].serve(request, _PATH, lambda: Body(encode_json(_describe(reference))))


def _describe(reference: Reference) -> Discovery:
    shown = tuple(
        DiscoveredRoute(
            method=route.method,
            path=route.path,
            summary=route.summary,
            ttl_s=route.ttl_s,
            needs_token=route.auth,
        )
        for route in reference.routes
    )
    there = {route.path for route in shown}
    return Discovery(
        name="Helix",
        description="A Discord bot with an HTTP server over one shared state.",
        version=VERSION,
        links={name: f"{reference.base_url}{path}" for name, path in _LINKS.items() if path in there},
        routes=shown,
        events=EventNames(tuple(IN_EVENTS), tuple(OUT_EVENTS)),
    )


ROUTES = (
    RouteSpec(
        path=_PATH,
        handler=get_discovery,
        summary="Service discovery: routes, event types, links.",
        ttl_s=60.0,
        group="Reference",
        replies=(Reply(summary="The description of this server.", record=Discovery),),
    ),
)
