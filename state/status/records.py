"""The records of the collective's status, for chat and HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import msgspec

from core.clock import Moment
from core.health import Status
from state.models import UCF
from state.rituals.records import RitualStatus
from state.rituals.rules import RitualKind

Trend = Literal["up", "down", "steady"]


class GatewayStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The connection to Discord.

    Attributes:
        reason: the reason of the status; may be empty.
        since: when the status began; null before the first report.
    """

    status: Status
    reason: str
    since: Moment | None


class WebhooksStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The queues of the webhooks.

    Attributes:
        inbox_waiting: pairs of event and handler that wait.
        outbox_waiting: deliveries that wait.
        open_breakers: destinations and handlers whose circuit breaker is not closed.
    """

    status: Status
    inbox_waiting: int
    outbox_waiting: int
    open_breakers: int


class RitualBrief(msgspec.Struct, frozen=True, kw_only=True):
    """The running ritual, else the last one; without its progress, which changes constantly.

    Attributes:
        ended_at: null while it runs.
    """

    id: int
    kind: RitualKind
    status: RitualStatus
    steps: int
    started_at: Moment
    ended_at: Moment | None


class StatusView(msgspec.Struct, frozen=True, kw_only=True):
    """The status of the collective. It contains times but no ages, so it changes only with the state.

    Attributes:
        status: of all checks together.
        assessment: one sentence.
        trends: each metric compared with an hour ago, or since `trends_since`.
        trends_since: when the history begins, if that is less than an hour ago; else None.
        agents_active: how many of `agents_total` are active.
        ritual: None if there was none.
        state_version: the version of the shared state, with when it changed and what changed it.
    """

    status: Status
    assessment: str
    version: str
    started_at: datetime
    ucf: UCF
    trends: Mapping[str, Trend]
    trends_since: datetime | None
    agents_active: int
    agents_total: int
    gateway: GatewayStatus
    webhooks: WebhooksStatus
    ritual: RitualBrief | None
    state_version: int
    state_changed_at: datetime
    state_source: str
