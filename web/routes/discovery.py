"""GET /.well-known/helix.json: service discovery for programs."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from web.answers.bodies import Body, encode_json
from web.openapi.reference import REFERENCE, Reference
from web.records.discovery import Discovery, discovery_body
from web.requests.responses import RESPONSES
from web.routing import Reply, RouteSpec

_PATH: Final = "/.well-known/helix.json"


async def get_discovery(request: web.Request) -> web.StreamResponse:
    """Name, version, routes, event types in and out, and links."""
    reference = request.app[REFERENCE]
    return request.app[RESPONSES].serve(request, _PATH, lambda: _body(reference))


def _body(reference: Reference) -> Body:
    return Body(encode_json(discovery_body((spec.info() for spec in reference.routes), reference.base_url)))


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
