"""GET /ucf: the six values with their limits and judgements."""

from __future__ import annotations

from aiohttp import web

from state.collective import Collective
from web.answers.bodies import Body, encode_json
from web.keys import COLLECTIVE
from web.records.ucf import UcfMetrics, ucf_body
from web.requests.responses import RESPONSES
from web.routing import Reply, RouteSpec

_PATH = "/ucf"


async def get_ucf(request: web.Request) -> web.StreamResponse:
    """The current values with range, limits and judgement."""
    collective = request.app[COLLECTIVE]
    return request.app[RESPONSES].serve(request, _PATH, lambda: _body(collective))


def _body(collective: Collective) -> Body:
    return Body(encode_json(ucf_body(collective.manager.snapshot)))


ROUTES = (
    RouteSpec(
        path=_PATH,
        handler=get_ucf,
        summary="The UCF's values with range, limits and judgement.",
        ttl_s=5.0,
        tags=frozenset({"state"}),
        serve_stale=True,
        replies=(Reply(summary="The six values.", record=UcfMetrics),),
    ),
)
