"""What "ready" means: for `/health/ready`, for the promise of uptime, for metrics."""

from __future__ import annotations

from typing import Final

from core.health import HealthRegistry

# The checks that stand for it (http.md, "Reading").
NEEDED: Final = ("store", "state", "gateway")


def missing(health: HealthRegistry) -> tuple[tuple[str, str], ...]:
    """The checks that keep Helix from being ready, each with its reason, as they were last reported."""
    found = []
    for name in NEEDED:
        check = health.get(name)
        if check is None:
            found.append((name, "not started yet"))
        elif check.status == "fail":
            found.append((name, check.reason))
    return tuple(found)
