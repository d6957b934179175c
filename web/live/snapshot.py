"""The snapshot for clients that are new, or have missed too much."""

from __future__ import annotations

from state.collective import Collective
from state.views.live import breakers_now, checks_now, deliveries_now, open_alerts, ritual_now
from state.views.live_records import Pulse
from web.records.agents import agent_body
from web.records.live import LiveSnapshot
from web.records.status import status_body
from web.records.ucf import ucf_body


def build_snapshot(collective: Collective, pulse: Pulse) -> LiveSnapshot:
    """The current snapshot; reads memory only."""
    return LiveSnapshot(
        status=status_body(collective),
        ucf=ucf_body(collective.manager.snapshot).ucf,
        agents=tuple(agent_body(agent) for agent in collective.monitor.agents()),
        alerts=open_alerts(collective),
        ritual=ritual_now(collective),
        deliveries=deliveries_now(collective),
        breakers=breakers_now(collective),
        checks=checks_now(collective),
        pulse=pulse,
    )
