"""The data of each event of GET /events and GET /ws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import msgspec

from state.views.live_records import (
    CheckState,
    DeliveriesNow,
    LiveAlert,
    LiveBreaker,
    LiveCheck,
    LiveDirective,
    LiveRitual,
    LiveState,
    Pulse,
)
from state.webhooks.recent import LiveDelivery
from web.records.agents import Agent
from web.records.status import Status
from web.records.ucf import UcfMetric

PULSE: Final = "pulse"
SNAPSHOT: Final = "snapshot"


class LiveSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """The complete state at one moment; later events update it.

    Attributes:
        status: as in `GET /status`.
        ucf: as `ucf` in `GET /ucf`.
        agents: as `agents` in `GET /agents`.
        alerts: open alerts, newest first.
        ritual: the running ritual, else the last one.
        breakers: those that are not closed come first.
        checks: by name.
    """

    status: Status
    ucf: Mapping[str, UcfMetric]
    agents: Sequence[Agent]
    alerts: Sequence[LiveAlert]
    ritual: LiveRitual | None
    deliveries: DeliveriesNow
    breakers: Sequence[LiveBreaker]
    checks: Mapping[str, CheckState]
    pulse: Pulse


# The values of `?topics=`, in documentation order.
TOPICS: Final[Mapping[str, type[msgspec.Struct]]] = MappingProxyType(
    {
        "state": LiveState,
        "agents": Agent,
        "alerts": LiveAlert,
        "rituals": LiveRitual,
        "deliveries": LiveDelivery,
        "directives": LiveDirective,
        "health": LiveCheck,
        "breakers": LiveBreaker,
        PULSE: Pulse,
    }
)
EVENTS: Final[Mapping[str, type[msgspec.Struct]]] = MappingProxyType({SNAPSHOT: LiveSnapshot, **TOPICS})
