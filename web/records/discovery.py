"""The body of GET /.well-known/helix.json."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from core.version import VERSION
from state.events import IN_EVENTS, OUT_EVENTS
from state.ports import RouteInfo

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


def discovery_body(routes: Iterable[RouteInfo], base_url: str) -> Discovery:
    """The body for a server at `base_url`."""
    shown = tuple(
        DiscoveredRoute(
            method=route.method,
            path=route.path,
            summary=route.summary,
            ttl_s=route.ttl_s,
            needs_token=route.auth,
        )
        for route in routes
    )
    there = {route.path for route in shown}
    return Discovery(
        name="Helix",
        description="A Discord bot with an HTTP server over one shared state.",
        version=VERSION,
        links={name: f"{base_url}{path}" for name, path in _LINKS.items() if path in there},
        routes=shown,
        events=EventNames(tuple(IN_EVENTS), tuple(OUT_EVENTS)),
    )
