"""The bodies of GET /health, /health/live and /health/ready."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType, field

from core.clock import Moment
from core.health import Check, HealthRegistry
from core.health import Status as HealthStatus
from core.health.threshold import Threshold
from core.version import VERSION


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
