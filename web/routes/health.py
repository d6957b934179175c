"""GET /health, /health/live and /health/ready: for monitors and platforms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import msgspec
from aiohttp import web
from msgspec import UNSET, UnsetType, field

from core.clock import Moment
from core.health import Check, HealthRegistry
from core.health import Status as HealthStatus
from core.health.threshold import Threshold
from core.runtime.kernel import Kernel
from core.version import VERSION
from state.slo import readiness
from web.answers.bodies import Body, encode_json
from web.answers.headers import CORS, HEALTH_JSON, JSON, standard
from web.answers.problems import Problem
from web.keys import KERNEL
from web.requests.responses import RESPONSES
from web.routing import Reply, RouteSpec


class HealthCheck(msgspec.Struct, frozen=True, kw_only=True):
    """One check.

    Attributes:
        time: when it was last measured.
        since: since when it has this status.
        required: whether its failure fails the overall status.
        observedValue: the measured value, in `observedUnit`.
        output: why it has this status.
        action: what to do about it.
        load: the load of the subsystem, 0 to 1.
        counters: more numbers.
        thresholds: what makes it warn or fail, and the settings for that.
    """

    component_type: Literal["component"] = field(name="componentType", default="component")
    status: HealthStatus
    time: Moment
    since: Moment
    required: bool
    observed_value: float | str | UnsetType = field(name="observedValue", default=UNSET)
    observed_unit: str | UnsetType = field(name="observedUnit", default=UNSET)
    output: str | UnsetType = UNSET
    action: str | UnsetType = UNSET
    load: float | UnsetType = UNSET
    counters: Mapping[str, float | str] | UnsetType = UNSET
    thresholds: tuple[Threshold, ...] | UnsetType = UNSET


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The health of Helix (draft-inadarei-api-health-check-06).

    Attributes:
        status: overall; fails if a required check fails.
        version: the version of the API.
        releaseId: the version of Helix.
        checks: by name, each with one measurement.
    """

    status: HealthStatus
    version: str
    release_id: str = field(name="releaseId")
    service_id: Literal["helix"] = field(name="serviceId", default="helix")
    description: str = "The health of Helix"
    checks: Mapping[str, tuple[HealthCheck]]


class Alive(msgspec.Struct, frozen=True):
    """The event loop is running."""

    status: Literal["pass"]


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """Helix is ready.

    Attributes:
        ready: the names of the checks that readiness requires.
    """

    status: Literal["ready"] = "ready"
    ready: tuple[str, ...]


def health_body(health: HealthRegistry) -> Health:
    """Every check as last reported."""
    return Health(
        status=health.overall(),
        version=VERSION.partition(".")[0],
        release_id=VERSION,
        checks={check.name: (_entry(check),) for check in health.checks()},
    )


def _entry(check: Check) -> HealthCheck:
    return HealthCheck(
        status=check.status,
        time=check.time,
        since=check.since,
        required=check.required,
        observed_value=UNSET if check.observed_value is None else check.observed_value,
        observed_unit=UNSET if check.observed_unit is None else check.observed_unit,
        output=check.reason if check.status != "pass" or check.reason else UNSET,
        action=check.action or UNSET,
        load=UNSET if check.load is None else check.load,
        counters=check.counters or UNSET,
        thresholds=check.thresholds or UNSET,
    )


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
            Reply(summary="No required check fails.", record=Health, media_types=(HEALTH_JSON,)),
            Reply(
                status=503,
                summary="A required check fails.",
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
        replies=(Reply(summary="The process answers.", record=Alive, media_types=(HEALTH_JSON,)),),
        auth="none",
    ),
    RouteSpec(
        path="/health/ready",
        handler=get_ready,
        summary="200 when store, state and gateway are ready; 503 with what is missing.",
        group="Health",
        replies=(Reply(summary="Store, state and gateway are ready.", record=Ready),),
        problems={503: "Something is not ready; `missing` names each, with reason, since and thresholds."},
        auth="none",
    ),
)
