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
        time: when it was last looked at.
        since: since when it has this status.
        required: whether its failure is the failure of the whole.
        observedValue: what was measured, in `observedUnit`.
        output: why it is so.
        action: what to do about it.
        load: how busy the subsystem is, 0 to 1.
        counters: further numbers.
        thresholds: what makes it warn or fail, and by which settings.
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
        status: the whole: it fails where a required check fails.
        version: of the public interface.
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
    """The event loop turns."""

    status: Literal["pass"]


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """What Helix needs is there.

    Attributes:
        ready: the names of the checks that are needed.
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
