"""The bodies of GET /agents and GET /agents/{name}."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec

from core.clock import Moment
from state.agents import AgentStatus, AgentView, Layer


class Agent(msgspec.Struct, frozen=True, kw_only=True):
    """One agent with its measured status.

    Attributes:
        layer: one of the three layers.
        role: its role in the collective.
        subsystem: the part of Helix that it stands for.
        status: measured, or as last reported by an external agent; "stale" if its last report is too old.
        load: how busy it is, 0 to 1; null if unknown.
        external: whether it reports by heartbeat instead of being measured.
        detail: why it has this status, for people.
        since: since when it has this status; for an external agent, its last report.
        task: what an external agent says it is doing.
        counters: more numbers of its subsystem; as old as the cached response.
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
    """The requested agents.

    Attributes:
        shown: the number of agents in this list.
        active: the number of active agents, filtered out ones included.
        total: the number of all agents.
    """

    agents: tuple[Agent, ...]
    shown: int
    active: int
    total: int


def agent_body(agent: AgentView) -> Agent:
    """The body for one agent."""
    return msgspec.convert(agent, Agent, from_attributes=True)
