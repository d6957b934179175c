"""GET /metrics: as Prometheus text, OpenMetrics or JSON."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Mapping
from functools import partial
from typing import Final, Literal

import msgspec
from aiohttp import web

from core.clock import Moment
from core.metrics import exposition
from core.metrics.exposition import FamilyReport
from core.runtime.kernel import Kernel
from web.answers.bodies import encode_json
from web.answers.headers import CORS, JSON, standard
from web.answers.negotiation import choose_encoding, choose_media_type
from web.answers.problems import Problem
from web.keys import KERNEL
from web.parameters import Choice
from web.routing import Reply, RouteSpec
from web.traffic import TRAFFIC, Traffic


class Metrics(msgspec.Struct, frozen=True, kw_only=True):
    """All metrics, preceded by a summary of HTTP and caches.

    Attributes:
        requests: number of requests since startup, by route template.
        avg_response_times: mean response time in seconds, by route template.
        error_counts: responses with 4xx or 5xx, by route template.
        cache_hit_rate: hits of all lookups, 0 to 1; null before the first lookup.
        cache_misses: lookups that were not answered from memory.
        metrics: by name.
    """

    started_at: Moment
    requests: Mapping[str, int]
    avg_response_times: Mapping[str, float]
    avg_response_times_unit: Literal["seconds"]
    error_counts: Mapping[str, int]
    cache_hit_rate: float | None
    cache_hits: int
    cache_misses: int
    metrics: Mapping[str, FamilyReport]


_Format = Literal["text", "openmetrics", "json"]
_BY_NAME: Final[Mapping[str, _Format]] = {
    "prometheus": "text",
    "text": "text",
    "openmetrics": "openmetrics",
    "json": "json",
}
# In order of preference for clients without one.
_OFFERS: Final[tuple[tuple[_Format, str, Mapping[str, tuple[str, ...]]], ...]] = (
    ("text", "text/plain", {"version": ("0.0.4",)}),
    ("openmetrics", "application/openmetrics-text", {"version": ("1.0.0", "0.0.1")}),
    ("json", "application/json", {}),
)
_FORMAT: Final = Choice(
    name="format", summary="The format; overrides `Accept`.", example="json", choices=tuple(_BY_NAME)
)
# Rendering takes a thread and milliseconds of CPU, and anybody can request it: one at a time.
RENDERING = web.AppKey("rendering", asyncio.Lock)


async def get_metrics(request: web.Request) -> web.StreamResponse:
    """Every metric, in the format that `?format=` names or `Accept` prefers."""
    kernel = request.app[KERNEL]
    chosen = _chosen_format(request)
    packed = choose_encoding(request.headers.get("Accept-Encoding")) == "gzip"
    async with request.app[RENDERING]:
        if chosen == "json":
            content, content_type = await _render_json(kernel, request.app[TRAFFIC]), JSON
        else:
            content, content_type = await exposition.render(kernel.metrics, chosen)
        if packed:
            content = await asyncio.to_thread(gzip.compress, content, 6, mtime=0)
    headers = dict((*standard(), *CORS, ("Cache-Control", "no-store"), ("Vary", "Accept, Accept-Encoding")))
    if packed:
        headers["Content-Encoding"] = "gzip"
    return web.Response(body=content, headers={**headers, "Content-Type": content_type})


def _chosen_format(request: web.Request) -> _Format:
    name = _FORMAT.read(request)
    if name is not None:
        return _BY_NAME[name]
    accept = ", ".join(request.headers.getall("Accept", []))
    index = choose_media_type(accept, [(media_type, allowed) for _, media_type, allowed in _OFFERS])
    if index is None:
        available = [media_type for _, media_type, _ in _OFFERS]
        raise Problem(406, f"Available: {', '.join(available)}.", available=available)
    return _OFFERS[index][0]


async def _render_json(kernel: Kernel, traffic: Traffic) -> bytes:
    # Copy the counters at one moment; the thread renders the copies.
    families = kernel.metrics.collect()
    requests, errors = traffic.by_route()
    hits, asked = kernel.caches.look_ups()
    report = partial(
        Metrics,
        started_at=kernel.started_at,
        requests=requests,
        avg_response_times=traffic.mean_durations_s(),
        avg_response_times_unit="seconds",
        error_counts=errors,
        cache_hit_rate=hits / asked if asked else None,
        cache_hits=hits,
        cache_misses=asked - hits,
    )
    return await asyncio.to_thread(lambda: encode_json(report(metrics=exposition.to_json(families))))


ROUTES = (
    RouteSpec(
        path="/metrics",
        handler=get_metrics,
        summary="Metrics as Prometheus text, OpenMetrics or JSON, by Accept or ?format=.",
        parameters=(_FORMAT,),
        group="Health",
        replies=(
            Reply(
                summary="Every metric.",
                record=Metrics,
                media_types=tuple(media_type for _, media_type, _ in _OFFERS),
            ),
        ),
        problems={406: "`Accept` allows none of the formats; `available` lists them."},
    ),
)
