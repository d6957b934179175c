"""GET /: the collective on one page."""

from __future__ import annotations

from aiohttp import web

from state.status import build_status
from web.headers import HTML, standard
from web.keys import COLLECTIVE, HOME_PAGE
from web.routing import Reply, RouteSpec


async def get_home(request: web.Request) -> web.StreamResponse:
    """The page, with the numbers as they are now."""
    collective = request.app[COLLECTIVE]
    page = request.app[HOME_PAGE]
    content = page.render(build_status(collective), collective.agents())
    headers = dict(
        (*standard(page.content_security_policy), ("Cache-Control", "no-cache"), ("Content-Type", HTML))
    )
    return web.Response(body=content, headers=headers)


ROUTES = (
    RouteSpec(
        path="/",
        handler=get_home,
        summary="The collective on one page, for people.",
        group="Pages",
        replies=(Reply(summary="The page.", media_types=("text/html",)),),
    ),
)
