"""GET /openapi.json and GET /docs: the API reference as an OpenAPI document and as an HTML page."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import msgspec
from aiohttp import web

from web.answers.bodies import Body, encode_json
from web.answers.headers import HTML
from web.openapi.reference import REFERENCE, Reference
from web.requests.responses import RESPONSES
from web.routing import Reply, RouteSpec

_OPENAPI: Final = "/openapi.json"
_DOCS: Final = "/docs"


async def get_openapi(request: web.Request) -> web.StreamResponse:
    """The OpenAPI document of this server, for tools and client generators."""
    reference = request.app[REFERENCE]

    async def fetch() -> Body:
        # Takes tens of milliseconds, so it runs in a thread.
        return await asyncio.to_thread(lambda: Body(encode_json(reference.document())))

    return await request.app[RESPONSES].serve_async(request, _OPENAPI, fetch)


async def get_docs(request: web.Request) -> web.StreamResponse:
    """An HTML page generated from the document of `/openapi.json`; works without scripts."""
    reference = request.app[REFERENCE]

    async def fetch() -> Body:
        return await asyncio.to_thread(_page, reference)

    return await request.app[RESPONSES].serve_async(request, _DOCS, fetch)


def _page(reference: Reference) -> Body:
    # Imported here to keep the start fast.
    from web.docs.page import render_page

    # Decoded from the published JSON, so that the page shows the same document.
    content, policy = render_page(msgspec.json.decode(encode_json(reference.document())))
    return Body(content, content_type=HTML, content_policy=policy)


ROUTES = (
    RouteSpec(
        path=_OPENAPI,
        handler=get_openapi,
        summary="This API as OpenAPI 3.1.",
        ttl_s=60.0,
        group="Reference",
        replies=(Reply(summary="The document.", record=dict[str, Any]),),
    ),
    RouteSpec(
        path=_DOCS,
        handler=get_docs,
        summary="This API as an HTML page.",
        ttl_s=60.0,
        group="Reference",
        replies=(Reply(summary="The page.", media_types=("text/html",)),),
    ),
)
