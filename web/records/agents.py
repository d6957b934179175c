"""The bodies of GET /agents and GET /agents/{name}."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec

from core.clock import Moment
from state.agents import AgentStatus, AgentView, Layer


class Agent(msgspec.Struct, frozen=True, kw_only=True):
    """One agent, and how it is measured to be.

    Attributes:
        layer: which of the three it belongs to.
        role: what it stands for.
        subsystem: what it is bound to.
        status: measured, or last reported where the agent is external; "stale" where that is too long ago.
        load: how busy it is, 0 to 1; null where that is not known.
        external: it reports by heartbeat, and is not measured.
        detail: why it is so, for a person.
        since: since when the status holds; for an external agent when it last reported.
        task: what an external agent says it is doing.
        counters: further numbers of its subsystem; they may be as old as the cached answer.
    """

    name: str
    symbol: str
    layer: Layer
    role: str
    subsystem: str
    status: AgentStatus
    load: Annotated[float, msgspec.Meta(ge=0, le=1)] | None
    external: bool
    detail: str
    since: Moment | None
    task: str | None
    counters: Mapping[str, float | str]


class Agents(msgspec.Struct, frozen=True, kw_only=True):
    """The agents that were asked for.

    Attributes:
        shown: how many there are in `agents`.
        active: how many of all are active.
        total: how many there are.
    """

    agents: tuple[Agent, ...]
    shown: int
    active: int
    total: int


def agent_body(agent: AgentView) -> Agent:
    """One agent as it is shown."""
    return Agent(
        name=agent.name,
        symbol=agent.symbol,
        layer=agent.layer,
        role=agent.role,
        subsystem=agent.subsystem,
        status=agent.status,
        load=agent.load,
        external=agent.external,
        detail=agent.detail,
        since=agent.since,
        task=agent.task,
        counters=agent.counters,
    )
