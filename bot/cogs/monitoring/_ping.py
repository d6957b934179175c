"""`ping`: the latencies, except the round trip, which the reply measures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from core.runtime.kernel import Kernel
from core.version import VERSION


@dataclass(frozen=True, slots=True)
class PingView:
    """Times in seconds; `gateway_s` is None before the first heartbeat acknowledgement."""

    gateway_s: float | None
    lag_s: float
    worst_lag_s: float
    started_at: datetime
    version: str


def build_ping(kernel: Kernel, gateway_latency_s: float) -> PingView:
    """The current view; discord.py reports an unknown latency as NaN or infinity."""
    return PingView(
        gateway_s=gateway_latency_s if math.isfinite(gateway_latency_s) else None,
        lag_s=kernel.loop_lag.last_s,
        worst_lag_s=kernel.loop_lag.worst_recent_s,
        started_at=kernel.started_at,
        version=VERSION,
    )
