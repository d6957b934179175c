"""`health`: every check, the most urgent first."""

from __future__ import annotations

from dataclasses import dataclass

from core.health import Check, HealthRegistry, Status

_URGENCY: dict[Status, int] = {"fail": 0, "warn": 1, "pass": 2}


@dataclass(frozen=True, slots=True)
class HealthView:
    """The overall status, the counts per status, and the checks, most urgent first."""

    overall: Status
    failing: int
    warning: int
    passing: int
    checks: tuple[Check, ...]


def build_health(health: HealthRegistry) -> HealthView:
    """The view of the registry's last refresh."""
    checks = tuple(sorted(health.checks(), key=lambda check: (_URGENCY[check.status], check.name)))
    return HealthView(
        overall=health.overall(),
        failing=sum(check.status == "fail" for check in checks),
        warning=sum(check.status == "warn" for check in checks),
        passing=sum(check.status == "pass" for check in checks),
        checks=checks,
    )
