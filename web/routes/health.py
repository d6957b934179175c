"""GET /health, /health/live and /health/ready: for monitors and platforms."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from core.runtime.kernel import Kernel
from state.slo import readiness
from web.answers.bodies import Body, encode_json
from web.answers.headers import CORS, HEALTH_JSON, JSON, standard
from web.answers.problems import Problem
from web.keys import KERNEL
from web.records.health import Alive, Health, Ready, health_body
from web.requests.responses import RESPONSES
from web.routing import Reply, RouteSpec

_HEALTH: Final = "/health"
_LIVE: Final = encode_json(Alive("pass"))
_STOPPING: Final = readiness.Missing(name="accepting", reason="the server is stopping")
_NOT_KEPT: Final = dict((*standard(), *CORS, ("Cache-Control", "no-store")))


async def get_health(request: web.Request) -> web.StreamResponse:
    """Every check (draft-inadarei-api-health-check-06); 503 if a required check fails."""
    kernel = request.app[KERNEL]
    return request.app[RESPONSES].serve(request, _HEALTH, lambda: _body(kernel))


async def get_live(_request: web.Request) -> web.StreamResponse:
    """200 while the event loop runs."""
    return web.Response(body=_LIVE, headers={**_NOT_KEPT, "Content-Type": HEALTH_JSON})


async def get_ready(request: web.Request) -> web.StreamResponse:
    """200 if store, state and gateway are ready and Helix is not stopping."""
    kernel = request.app[KERNEL]
    kernel.health.refresh()
    stopping = () if kernel.drain.accepting else (_STOPPING,)
    missing = (*stopping, *readiness.missing(kernel.health))
    if missing:
        names = ", ".join(one.name for one in missing)
        raise Problem(503, f"Not ready: {names}.", kind="not-ready", missing=missing)
    body = encode_json(Ready(ready=readiness.NEEDED))
    return web.Response(body=body, headers={**_NOT_KEPT, "Content-Type": JSON})


def _body(kernel: Kernel) -> Body:
    kernel.health.refresh()
    content = health_body(kernel.health)
    status = 503 if content.status == "fail" else 200
    return Body(encode_json(content), content_type=HEALTH_JSON, status=status)


ROUTES = (
    RouteSpec(
        path=_HEALTH,
        handler=get_health,
        summary="Every health check; 503 when a required one fails.",
        ttl_s=30.0,
        tags=frozenset({"health"}),
        group="Health",
        replies=(
            Reply(summary="Nothing that is required fails.", record=Health, media_types=(HEALTH_JSON,)),
            Reply(
                status=503,
                summary="Something that is required fails.",
                record=Health,
                media_types=(HEALTH_JSON,),
            ),
        ),
        expected=(200, 503),
    ),
    RouteSpec(
        path="/health/live",
        handler=get_live,
        summary="200 as long as the process answers.",
        group="Health",
        replies=(Reply(summary="It does.", record=Alive, media_types=(HEALTH_JSON,)),),
        auth="none",
    ),
    RouteSpec(
        path="/health/ready",
        handler=get_ready,
        summary="200 when store, state and gateway are ready; 503 with what is missing.",
        group="Health",
        replies=(Reply(summary="They are.", record=Ready),),
        problems={503: "Something is not ready; `missing` names each, with reason, since and thresholds."},
        auth="none",
    ),
)
