"""What "ready" means: for `/health/ready`, for the objective of uptime, and for metrics."""

from __future__ import annotations

from typing import Final

import msgspec

from core.clock import Moment
from core.health import Check, HealthRegistry
from core.health.threshold import Threshold, fails_when

# The checks that must not fail (docs/api.md, "Reading").
NEEDED: Final = ("store", "state", "gateway")
_REPORTED: Final = (fails_when("its first report", "missing"),)


class Missing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A check that keeps Helix from being ready.

    Attributes:
        name: of the check.
        reason: why, as text for people.
        since: since when; left out if unknown.
        thresholds: the conditions of the check.
    """

    name: str
    reason: str
    since: Moment | None = None
    thresholds: tuple[Threshold, ...] = ()


def missing(health: HealthRegistry) -> tuple[Missing, ...]:
    """The checks that keep Helix from being ready, as last reported."""
    checks = {check.name: check for check in health.checks()}
    return tuple(found for name in NEEDED if (found := _missing(name, health.get(name), checks.get(name))))


def _missing(name: str, reported: Check | None, shown: Check | None) -> Missing | None:
    if reported is None:
        since = None if shown is None else shown.since
        return Missing(name=name, reason="not started yet", since=since, thresholds=_REPORTED)
    if reported.status != "fail":
        return None
    return Missing(name=name, reason=reported.reason, since=reported.since, thresholds=reported.thresholds)
