"""`health`: every check, the most urgent first."""

from __future__ import annotations

from dataclasses import dataclass

from core.health import Check, HealthRegistry, Status

_URGENCY: dict[Status, int] = {"fail": 0, "warn": 1, "pass": 2}


@dataclass(frozen=True, slots=True)
class HealthView:
    """The overall status, and the checks, most urgent first."""

    overall: Status
    checks: tuple[Check, ...]


def build_health(health: HealthRegistry) -> HealthView:
    """The view of the registry's last refresh."""
    checks = sorted(health.checks(), key=lambda check: (_URGENCY[check.status], check.name))
    return HealthView(health.overall(), tuple(checks))
