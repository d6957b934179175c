"""GET /slo: the service-level objectives and their values over the last day."""

from __future__ import annotations

from aiohttp import web

from state.slo.objectives import SloReport
from web.answers.bodies import Body, encode_json
from web.keys import COLLECTIVE
from web.requests.responses import RESPONSES
from web.routing import Reply, RouteSpec

_PATH = "/slo"


async def get_slo(request: web.Request) -> web.StreamResponse:
    """Every objective with its target, its value and whether it is met."""
    collective = request.app[COLLECTIVE]
    return request.app[RESPONSES].serve(request, _PATH, lambda: Body(encode_json(collective.slo.current())))


ROUTES = (
    RouteSpec(
        path=_PATH,
        handler=get_slo,
        summary="The service-level objectives and their values over the last 24 hours.",
        ttl_s=60.0,
        group="Health",
        replies=(Reply(summary="All eight objectives.", record=SloReport),),
    ),
)
