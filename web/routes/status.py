"""GET /status: how the collective is."""

from __future__ import annotations

from aiohttp import web

from state.collective import Collective
from state.status import build_status
from web.bodies import Body, encode_json
from web.keys import COLLECTIVE, RESPONSES
from web.routing import RouteSpec

_PATH = "/status"


async def get_status(request: web.Request) -> web.StreamResponse:
    """The status that `!status` shows, as JSON."""
    collective = request.app[COLLECTIVE]
    return request.app[RESPONSES].serve(request, _PATH, lambda: _body(collective))


def _body(collective: Collective) -> Body:
    view = build_status(collective)
    return Body(
        encode_json(
            {
                "status": view.status,
                "assessment": view.assessment,
                "version": view.version,
                "started_at": view.started_at,
                "ucf": view.ucf,
                "trends": view.trends,
                "agents": {"active": view.agents_active, "total": view.agents_total},
                "gateway": view.gateway,
                "webhooks": view.webhooks,
                "ritual": view.ritual,
                "state": {
                    "version": view.state_version,
                    "changed_at": view.state_changed_at,
                    "source": view.state_source,
                },
            }
        )
    )


ROUTES = (
    RouteSpec(
        path=_PATH,
        handler=get_status,
        summary="The collective's status: one sentence, the UCF, agents, gateway, webhooks, ritual, state.",
        ttl_s=5.0,
        tags=frozenset({"state", "agents", "health", "rituals"}),
        serve_stale=True,
    ),
)
