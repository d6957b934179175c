"""GET /status: the status of the collective."""

from __future__ import annotations

from aiohttp import web

from web.answers.bodies import Body, encode_json
from web.keys import COLLECTIVE
from web.records.status import Status, status_body
from web.requests.responses import RESPONSES
from web.routing import Reply, RouteSpec

_PATH = "/status"


async def get_status(request: web.Request) -> web.StreamResponse:
    """The status that `!status` shows, as JSON."""
    collective = request.app[COLLECTIVE]
    return request.app[RESPONSES].serve(request, _PATH, lambda: Body(encode_json(status_body(collective))))


ROUTES = (
    RouteSpec(
        path=_PATH,
        handler=get_status,
        summary="The collective's status: one sentence, the UCF, agents, gateway, webhooks, ritual, state.",
        ttl_s=5.0,
        tags=frozenset({"state", "agents", "health", "rituals"}),
        serve_stale=True,
        replies=(Reply(summary="The status of the collective.", record=Status),),
    ),
)
