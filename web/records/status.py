"""The body of GET /status."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from core.clock import Moment
from core.health import Status as HealthStatus
from state.collective import Collective
from state.models import UCF
from state.status.records import GatewayStatus, RitualBrief, Trend, WebhooksStatus


class AgentCount(msgspec.Struct, frozen=True):
    """The number of active agents and of all agents."""

    active: int
    total: int


class StateVersion(msgspec.Struct, frozen=True):
    """The version of the state.

    Attributes:
        version: the number of changes ever made.
        source: what made the last change, such as "tune", "ritual" or "file".
    """

    version: int
    changed_at: Moment
    source: str


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """The status of the collective. It contains times, never ages, so it only changes with the state.

    Attributes:
        status: of all health checks together.
        assessment: the status in one sentence.
        version: the version of Helix.
        ucf: the six values.
        trends: each value compared with an hour ago, or with `trends_since`.
        trends_since: when the history begins, if that is less than an hour ago; else null.
        ritual: the running or the last one; null if there was none.
    """

    status: HealthStatus
    assessment: str
    version: str
    started_at: Moment
    ucf: UCF
    trends: Mapping[str, Trend]
    trends_since: Moment | None
    agents: AgentCount
    gateway: GatewayStatus
    webhooks: WebhooksStatus
    ritual: RitualBrief | None
    state: StateVersion


def status_body(collective: Collective) -> Status:
    """The current status; reads memory only."""
    view = collective.status.read()
    return Status(
        status=view.status,
        assessment=view.assessment,
        version=view.version,
        started_at=view.started_at,
        ucf=view.ucf,
        trends=view.trends,
        trends_since=view.trends_since,
        agents=AgentCount(view.agents_active, view.agents_total),
        gateway=view.gateway,
        webhooks=view.webhooks,
        ritual=view.ritual,
        state=StateVersion(view.state_version, view.state_changed_at, view.state_source),
    )
