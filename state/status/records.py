"""The parts of the collective's status, as chat and HTTP show them."""

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
        reason: why it is so; empty where there is nothing to say.
        since: since when; null before it has reported.
    """

    status: Status
    reason: str
    since: Moment | None


class WebhooksStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The queues of the webhooks.

    Attributes:
        inbox_waiting: pairs of event and handler that wait.
        outbox_waiting: deliveries that wait.
        open_breakers: destinations and handlers that are being rested.
    """

    status: Status
    inbox_waiting: int
    outbox_waiting: int
    open_breakers: int


class RitualBrief(msgspec.Struct, frozen=True, kw_only=True):
    """The running ritual, else the last one; without how far it is, which moves.

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
    """How the collective is. Nothing in it moves by itself: it holds moments, and no ages.

    Attributes:
        status: of all checks together.
        assessment: one sentence.
        trends: each metric against an hour ago, or since `trends_since`.
        trends_since: when the history begins, where that is less than an hour ago; None otherwise.
        agents_active: how many of `agents_total` are active.
        ritual: None where there was none.
        state_version: of the shared state, with when it changed and what changed it.
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
