"""`heartbeat`: probe every service now and show its uptime."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.clock import Clock
from state.services import ProbeResult, ServiceProbes

_UPTIME_WINDOW = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Pulse:
    """One service.

    Attributes:
        answer: the HTTP status or the error.
        latency_s: the response time; None without a response.
        changed_at: when it last went up or down.
        uptime: the share of successful probes in 24 h, 0 to 1; None without probes.
        over_s: the age of the first of these probes, in seconds.
    """

    name: str
    ok: bool
    answer: str
    latency_s: float | None
    changed_at: datetime | None
    uptime: float | None
    over_s: float = 0.0


async def fetch_pulses(
    probes: ServiceProbes, clock: Clock, on_result: Callable[[ProbeResult], None] | None = None
) -> tuple[Pulse, ...]:
    """Probe all services at once, calling `on_result` for each result; failed ones come first."""
    results = await probes.probe_all(on_result)
    pulses = []
    for result in results:
        uptime = await probes.uptime(result.name, _UPTIME_WINDOW)
        pulses.append(
            Pulse(
                name=result.name,
                ok=result.ok,
                answer=result.error or f"HTTP {result.status_code}",
                latency_s=result.latency_s,
                changed_at=result.changed_at,
                uptime=None if uptime is None else uptime.share,
                over_s=0.0 if uptime is None else (clock.now() - uptime.since).total_seconds(),
            )
        )
    return tuple(sorted(pulses, key=lambda pulse: (pulse.ok, pulse.name)))
