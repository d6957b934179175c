"""GET /docs: the API reference as an HTML page."""

from __future__ import annotations

import asyncio
from typing import Final

import msgspec
from aiohttp import web

from web.answers.bodies import Body, encode_json
from web.answers.headers import HTML
from web.openapi.reference import REFERENCE, Reference
from web.requests.responses import RESPONSES
from web.routing import Reply, RouteSpec

_PATH: Final = "/docs"


async def get_docs(request: web.Request) -> web.StreamResponse:
    """An HTML page generated from the document of `/openapi.json`; works without scripts."""
    reference = request.app[REFERENCE]

    async def fetch() -> Body:
        return await asyncio.to_thread(_body, reference)

    return await request.app[RESPONSES].serve_async(request, _PATH, fetch)


def _body(reference: Reference) -> Body:
    # Imported here to keep the start fast.
    from web.docs.page import render_page

    # Decoded from the published JSON, so that the page shows the same document.
    content, policy = render_page(msgspec.json.decode(encode_json(reference.document())))
    return Body(content, content_type=HTML, content_policy=policy)


ROUTES = (
    RouteSpec(
        path=_PATH,
        handler=get_docs,
        summary="This API as an HTML page.",
        ttl_s=60.0,
        group="Reference",
        replies=(Reply(summary="The page.", media_types=("text/html",)),),
    ),
)
