"""The fourteen agents: their roles, and how their status is measured."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from core.clock import Clock
from core.errors import UnknownName
from core.health import Check, HealthRegistry
from state.models import AgentReport, Snapshot

Layer = Literal["Consciousness", "Operational", "Integration"]
AgentStatus = Literal["active", "degraded", "down", "stale"]

LAYERS: Final[tuple[Layer, ...]] = ("Consciousness", "Operational", "Integration")

# Clocks of two machines differ a little; a heartbeat further in the future than this is a mistake.
AHEAD: Final = timedelta(minutes=5)

_NO_COUNTERS: Final[Mapping[str, float | str]] = MappingProxyType({})
_FROM_CHECK: Final[Mapping[str, AgentStatus]] = MappingProxyType(
    {"pass": "active", "warn": "degraded", "fail": "down"}
)


class AgentSpec(msgspec.Struct, frozen=True):
    """One agent.

    Attributes:
        role: its role.
        subsystem: the subsystem it stands for, in plain words.
        check: the health check that measures it.
    """

    name: str
    symbol: str
    role: str
    layer: Layer
    subsystem: str
    check: str


class AgentView(msgspec.Struct, frozen=True, kw_only=True):
    """One agent as shown.

    Attributes:
        status: measured or, for an external agent, last reported.
        load: how busy it is, 0 to 1, if known.
        external: it reports by heartbeat, and is not measured.
        detail: the reason of the status, as text for people.
        since: when the status began; for an external agent, when it last reported.
        task: what an external agent says it is doing.
        counters: further numbers of its subsystem.
    """

    name: str
    symbol: str
    layer: Layer
    role: str
    subsystem: str
    status: AgentStatus
    external: bool
    detail: str
    load: float | None = None
    since: datetime | None = None
    task: str | None = None
    counters: Mapping[str, float | str] = _NO_COUNTERS


class UnknownAgent(UnknownName):
    """There is no agent with that name."""

    kind = "agent"


ROSTER: Final = (
    AgentSpec("Kael", "🜂", "ethics", "Consciousness", "directive policy", "policy"),
    AgentSpec("Lumina", "🌕", "empathy", "Consciousness", "command errors and latency", "commands"),
    AgentSpec("Aether", "🌊", "flow", "Consciousness", "event-loop lag", "event-loop"),
    AgentSpec("Vega", "🌠", "safety", "Consciousness", "circuit breakers", "breakers"),
    AgentSpec("Manus", "🤲", "the hands", "Operational", "directive queue", "directives"),
    AgentSpec("Gemini", "🌐", "scout", "Operational", "probes of external services", "external-services"),
    AgentSpec("Kavach", "🛡️", "shield", "Operational", "refused tokens and permissions", "access"),
    AgentSpec("Agni", "🔥", "transformation", "Operational", "caches and clean-up", "caches"),
    AgentSpec("Grok", "🎭", "pattern", "Operational", "trends and alerts", "alerts"),
    AgentSpec("SanghaCore", "🙏", "unity", "Integration", "Discord gateway", "gateway"),
    AgentSpec("Shadow", "📜", "archive", "Integration", "journal, disk and backups", "journal"),
    AgentSpec("Phoenix", "🕯️", "recovery", "Integration", "recovery at the last start", "recovery"),
    AgentSpec("Oracle", "🔮", "foresight", "Integration", "forecast error", "forecasts"),
    AgentSpec("Claude", "🧠", "insight", "Integration", "HTTP server", "http"),
)

_BY_NAME: Final = MappingProxyType({spec.name.casefold(): spec for spec in ROSTER})


def find_agent(name: str) -> AgentSpec:
    """The agent of that name, ignoring case.

    Raises:
        UnknownAgent: there is none; the text suggests the nearest name.
    """
    spec = _BY_NAME.get(name.strip().casefold())
    if spec is None:
        raise UnknownAgent(name.strip(), [agent.name for agent in ROSTER])
    return spec


def build_agents(
    snapshot: Snapshot, health: HealthRegistry, clock: Clock, agent_ttl_s: float
) -> tuple[AgentView, ...]:
    """All fourteen agents in the order of the roster; from memory."""
    return tuple(_view(spec, snapshot, health, clock.now(), agent_ttl_s) for spec in ROSTER)


def _view(
    spec: AgentSpec, snapshot: Snapshot, health: HealthRegistry, now: datetime, agent_ttl_s: float
) -> AgentView:
    report = snapshot.reports.get(spec.name)
    if report is not None:
        return _external(spec, report, _why_stale(report, now, agent_ttl_s))
    check = health.get(spec.check)
    if check is None:
        return _shown(spec, "down", f"its subsystem ({spec.subsystem}) has not reported yet")
    return _measured(spec, check)


def _why_stale(report: AgentReport, now: datetime, agent_ttl_s: float) -> str:
    """Why an external agent's last heartbeat is not valid; empty if it is."""
    if (now - report.reported_at).total_seconds() > agent_ttl_s:
        return "its last heartbeat is too old"
    if report.reported_at > now + AHEAD:
        # The clock was set back since; such a heartbeat would never expire.
        return "its last heartbeat is dated in the future"
    return ""


def _external(spec: AgentSpec, report: AgentReport, stale: str) -> AgentView:
    return AgentView(
        name=spec.name,
        symbol=spec.symbol,
        layer=spec.layer,
        role=spec.role,
        subsystem="reports by heartbeat",
        status="stale" if stale else report.status,
        external=True,
        detail=stale or "as it reported itself",
        load=None if stale else report.load,
        since=report.reported_at,
        task=report.task,
    )


def _shown(spec: AgentSpec, status: AgentStatus, detail: str) -> AgentView:
    return AgentView(
        name=spec.name,
        symbol=spec.symbol,
        layer=spec.layer,
        role=spec.role,
        subsystem=spec.subsystem,
        status=status,
        external=False,
        detail=detail,
    )


def _measured(spec: AgentSpec, check: Check) -> AgentView:
    return msgspec.structs.replace(
        _shown(spec, _FROM_CHECK[check.status], check.reason),
        load=check.load,
        since=check.since,
        counters=check.counters,
    )
