"""The status of the collective, as `!status` and `GET /status` show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from core.health import Check
from core.version import VERSION
from state.status.assessment import assess, build_trends
from state.status.records import GatewayStatus, RitualBrief, StatusView, WebhooksStatus

if TYPE_CHECKING:
    from core.runtime.kernel import Kernel
    from state.agents.monitor import AgentMonitor
    from state.journal.ucf_history import UCFHourAgo
    from state.manager import StateManager
    from state.rituals import Rituals
    from state.webhooks import Webhooks


class StatusReader(msgspec.Struct, frozen=True):
    """Reads the status from memory."""

    kernel: Kernel
    manager: StateManager
    hour_ago: UCFHourAgo
    monitor: AgentMonitor
    rituals: Rituals
    webhooks: Webhooks

    def read(self) -> StatusView:
        """The present status."""
        health, snapshot = self.kernel.health, self.manager.snapshot
        agents = self.monitor.agents()
        return StatusView(
            status=health.overall(),
            assessment=assess(snapshot.ucf, health),
            version=VERSION,
            started_at=self.kernel.started_at,
            ucf=snapshot.ucf,
            trends=build_trends(snapshot.ucf, self.hour_ago.ucf),
            trends_since=self.hour_ago.since,
            agents_active=sum(agent.status == "active" for agent in agents),
            agents_total=len(agents),
            gateway=_gateway(health.get("gateway")),
            webhooks=_webhooks(self.webhooks, health.get("webhooks")),
            ritual=_ritual(self.rituals),
            state_version=snapshot.version,
            state_changed_at=snapshot.changed_at,
            state_source=snapshot.source,
        )


def _ritual(rituals: Rituals) -> RitualBrief | None:
    newest = rituals.newest
    return None if newest is None else msgspec.convert(newest, RitualBrief, from_attributes=True)


def _webhooks(webhooks: Webhooks, check: Check | None) -> WebhooksStatus:
    return WebhooksStatus(
        status="pass" if check is None else check.status,
        inbox_waiting=webhooks.inbox.waiting,
        outbox_waiting=webhooks.outbox.waiting,
        open_breakers=sum(view.state != "closed" for view in webhooks.breakers.views()),
    )


def _gateway(check: Check | None) -> GatewayStatus:
    if check is None:
        return GatewayStatus(status="fail", reason="not connected yet", since=None)
    return GatewayStatus(status=check.status, reason=check.reason, since=check.since)
