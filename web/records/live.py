"""The data of each event of GET /events and GET /ws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import msgspec

from state.views.live_records import (
    AlertTold,
    BreakerTold,
    CheckStanding,
    CheckTold,
    DeliveriesNow,
    DirectiveTold,
    Pulse,
    RitualTold,
    StateTold,
)
from state.webhooks.records import DeliveryTold
from web.records.agents import Agent
from web.records.status import Status
from web.records.ucf import UcfMetric

PULSE: Final = "pulse"
SNAPSHOT: Final = "snapshot"


class LiveSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """All of it at one moment; what comes after it changes it.

    Attributes:
        status: as `GET /status`.
        ucf: as `ucf` of `GET /ucf`.
        agents: as `agents` of `GET /agents`.
        alerts: those that are open, newest first.
        ritual: the one that runs, else the last.
        breakers: those that are not closed first.
        checks: by name.
    """

    status: Status
    ucf: Mapping[str, UcfMetric]
    agents: Sequence[Agent]
    alerts: Sequence[AlertTold]
    ritual: RitualTold | None
    deliveries: DeliveriesNow
    breakers: Sequence[BreakerTold]
    checks: Mapping[str, CheckStanding]
    pulse: Pulse


# What may be asked for by `?topics=`, in the order in which it is shown.
TOPICS: Final[Mapping[str, type[msgspec.Struct]]] = MappingProxyType(
    {
        "state": StateTold,
        "agents": Agent,
        "alerts": AlertTold,
        "rituals": RitualTold,
        "deliveries": DeliveryTold,
        "directives": DirectiveTold,
        "health": CheckTold,
        "breakers": BreakerTold,
        PULSE: Pulse,
    }
)
EVENTS: Final[Mapping[str, type[msgspec.Struct]]] = MappingProxyType({SNAPSHOT: LiveSnapshot, **TOPICS})
