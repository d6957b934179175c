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
    """How many agents are active, of how many."""

    active: int
    total: int


class StateVersion(msgspec.Struct, frozen=True):
    """Which state it is.

    Attributes:
        version: counts the changes since the beginning.
        source: what changed it last, such as "tune", "ritual" or "file".
    """

    version: int
    changed_at: Moment
    source: str


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """How the collective is. Nothing in it moves by itself: it holds moments, and no ages.

    Attributes:
        status: of all health checks together.
        assessment: one sentence.
        version: of Helix.
        ucf: the six numbers.
        trends: each of them against an hour ago, or since `trends_since`.
        trends_since: when the history begins, where that is less than an hour ago; null otherwise.
        ritual: the running or the last one; null where there was none.
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
    """The status as it is now; reads memory only."""
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
