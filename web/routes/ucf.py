"""GET /ucf: the six numbers, with what they may be and how they are judged."""

from __future__ import annotations

from aiohttp import web

from state.collective import Collective
from state.models import METRICS, judge
from web.bodies import Body, encode_json
from web.keys import COLLECTIVE, RESPONSES
from web.routing import RouteSpec

_PATH = "/ucf"


async def get_ucf(request: web.Request) -> web.StreamResponse:
    """The present values with bounds, bands and judgement."""
    collective = request.app[COLLECTIVE]
    return request.app[RESPONSES].serve(request, _PATH, lambda: _body(collective))


def _body(collective: Collective) -> Body:
    snapshot = collective.manager.snapshot
    metrics = {}
    for name, metric in METRICS.items():
        value = getattr(snapshot.ucf, name)
        metrics[name] = {
            "value": value,
            "judgement": judge(name, value),
            "meaning": metric.meaning,
            "low": metric.low,
            "high": metric.high,
            "good": {"low": metric.good_low, "high": metric.good_high},
            "critical": {"below": metric.critical_low, "above": metric.critical_high},
        }
    content = {
        "ucf": metrics,
        "state": {
            "version": snapshot.version,
            "changed_at": snapshot.changed_at,
            "source": snapshot.source,
        },
    }
    return Body(encode_json(content))


ROUTES = (
    RouteSpec(
        path=_PATH,
        handler=get_ucf,
        summary="The UCF's values with bounds, bands and judgement.",
        ttl_s=5.0,
        tags=frozenset({"state"}),
        serve_stale=True,
    ),
)
