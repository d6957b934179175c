"""GET /openapi.json: this API as an OpenAPI document."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from aiohttp import web

from web.answers.bodies import Body, encode_json
from web.openapi.reference import REFERENCE
from web.requests.responses import RESPONSES
from web.routing import Reply, RouteSpec

_PATH: Final = "/openapi.json"


async def get_openapi(request: web.Request) -> web.StreamResponse:
    """The OpenAPI document of this server, for tools and client generators."""
    reference = request.app[REFERENCE]

    async def fetch() -> Body:
        # Takes tens of milliseconds, so it runs in a thread.
        return await asyncio.to_thread(lambda: Body(encode_json(reference.document())))

    return await request.app[RESPONSES].serve_async(request, _PATH, fetch)


ROUTES = (
    RouteSpec(
        path=_PATH,
        handler=get_openapi,
        summary="This API as OpenAPI 3.1.",
        ttl_s=60.0,
        group="Reference",
        replies=(Reply(summary="The document.", record=dict[str, Any]),),
    ),
)
