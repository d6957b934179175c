"""GET /ucf and GET /ucf/history: the six values with limits and judgements, and over time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import msgspec
from aiohttp import web

from core.clock import Moment
from core.suggestions import closest
from state.collective import Collective
from state.journal.ucf_history import Series
from state.models import METRICS
from web.answers.bodies import Body, encode_json
from web.history_span import SINCE, UNTIL, Span
from web.keys import COLLECTIVE
from web.parameters import Number, Parameter
from web.records.ucf import UcfMetrics, ucf_body
from web.requests.responses import RESPONSES
from web.routing import Reply, RouteSpec

_UCF: Final = "/ucf"
_HISTORY: Final = "/ucf/history"
_MAX_ANSWERS: Final = 64


class HistoryPoint(msgspec.Struct, frozen=True, kw_only=True):
    """A metric from `at` until the next point.

    Attributes:
        mean: the value; the time-weighted mean if there were several.
        low: the minimum.
        high: the maximum.
    """

    at: Moment
    mean: float
    low: float
    high: float


class MetricHistory(msgspec.Struct, frozen=True, kw_only=True):
    """One metric over the span.

    Attributes:
        exact: whether each point is a change whose value held until the next; else points are evenly spaced.
        points: oldest first; none before the history begins.
    """

    exact: bool
    points: tuple[HistoryPoint, ...]


class UcfHistory(msgspec.Struct, frozen=True, kw_only=True):
    """The UCF over a time span.

    Attributes:
        until: the end of the span, at most the time of the response.
        series: by metric.
    """

    since: Moment
    until: Moment
    series: Mapping[str, MetricHistory]


def metric_history(series: Series) -> MetricHistory:
    """The body for one metric."""
    points = tuple(
        HistoryPoint(at=point.at, mean=point.value, low=point.low, high=point.high) for point in series.points
    )
    return MetricHistory(exact=series.exact, points=points)


class _Metrics(Parameter, frozen=True, kw_only=True):
    """A comma-separated list of metrics."""

    def schema(self) -> Mapping[str, Any]:
        """Its JSON Schema; in the query the array is comma-separated."""
        names = {"type": "string", "enum": list(METRICS)}
        return {"type": "array", "items": names, "minItems": 1, "maxItems": len(METRICS)}

    def read(self, request: web.Request) -> tuple[str, ...]:
        """The metrics in the query, in their usual order; all if it is omitted."""
        text = request.query.get(self.name)
        if text is None:
            return tuple(METRICS)
        wanted = {name.strip().casefold() for name in text.split(",")}
        unknown = sorted(wanted - METRICS.keys())
        if unknown:
            near = closest(unknown[0], METRICS)
            guess = "" if near is None else f" Did you mean {near}?"
            raise self.wrong(
                f"takes {', '.join(METRICS)}; several separated by commas."
                f" There is no {unknown[0][:64]!r}.{guess}",
                choices=tuple(METRICS),
            )
        return tuple(name for name in METRICS if name in wanted)


_METRIC: Final = _Metrics(
    name="metric", summary="One metric, or several separated by commas.", example="harmony"
)
_POINTS: Final = Number(
    name="points",
    summary="The maximum number of points for each metric.",
    example="120",
    low=2,
    high=1000,
    default="120",
)


async def get_ucf(request: web.Request) -> web.StreamResponse:
    """The current values with range, limits and judgement."""
    collective = request.app[COLLECTIVE]
    return request.app[RESPONSES].serve(
        request, _UCF, lambda: Body(encode_json(ucf_body(collective.manager.snapshot)))
    )


async def get_history(request: web.Request) -> web.StreamResponse:
    """The history of the metrics: every change if there are few, else means with extremes."""
    collective = request.app[COLLECTIVE]
    metrics, points = _METRIC.read(request), _POINTS.read(request)
    span = Span(SINCE.read(request), UNTIL.read(request))
    # Check the span first: a cached response must not hide that it is invalid by now.
    span.at(collective.kernel.clock.now())
    fetch = partial(_fetch, collective, metrics, span, points)
    return await request.app[RESPONSES].serve_async(request, _HISTORY, fetch, key=(metrics, span, points))


async def _fetch(collective: Collective, metrics: tuple[str, ...], span: Span, points: int) -> Body:
    since, until = span.at(collective.kernel.clock.now())
    found = await collective.ucf_history.series(metrics, since, until, points=points)
    series = {name: metric_history(found[name]) for name in metrics}
    return Body(encode_json(UcfHistory(since=since, until=until, series=series)))


ROUTES = (
    RouteSpec(
        path=_UCF,
        handler=get_ucf,
        summary="The UCF's values with range, limits and judgement.",
        ttl_s=5.0,
        tags=frozenset({"state"}),
        serve_stale=True,
        replies=(Reply(summary="The six values.", record=UcfMetrics),),
    ),
    RouteSpec(
        path=_HISTORY,
        handler=get_history,
        summary="The history of the UCF.",
        ttl_s=60.0,
        max_entries=_MAX_ANSWERS,
        tags=frozenset({"state"}),
        serve_stale=True,
        parameters=(_METRIC, SINCE, UNTIL, _POINTS),
        replies=(Reply(summary="The span, and each metric in it.", record=UcfHistory),),
        problems={503: "The history cannot be read now, and no valid response is cached."},
    ),
)
