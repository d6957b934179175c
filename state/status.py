"""The collective on one screen: what `!status` and `GET /status` both show."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from core.health import Check, HealthRegistry, Status
from core.version import VERSION
from state.models import METRICS, UCF, judge

if TYPE_CHECKING:
    from state.collective import Collective
    from state.rituals import Rituals

Trend = Literal["up", "down", "steady"]

# A change of less than this share of a metric's range is no trend.
_STEADY_SHARE: Final = 0.01


class StatusView(msgspec.Struct, frozen=True, kw_only=True):
    """How the collective is. Nothing in it moves by itself: it holds moments, and no ages.

    Attributes:
        status: of all checks together.
        assessment: one sentence.
        trends: each metric against an hour ago.
        agents_active: how many of `agents_total` are active.
        gateway: status and reason of the connection to Discord.
        webhooks: likewise, of the webhook queues.
        ritual: the running or last ritual; None where there was none.
        state_version: of the shared state, with when it changed and what changed it.
    """

    status: Status
    assessment: str
    version: str
    started_at: datetime
    ucf: UCF
    trends: Mapping[str, Trend]
    agents_active: int
    agents_total: int
    gateway: Mapping[str, object]
    webhooks: Mapping[str, object]
    ritual: Mapping[str, object] | None
    state_version: int
    state_changed_at: datetime
    state_source: str


def build_status(collective: Collective) -> StatusView:
    """The status now; reads memory only."""
    kernel = collective.kernel
    snapshot = collective.manager.snapshot
    agents = collective.agents()
    return StatusView(
        status=kernel.health.overall(),
        assessment=assess(snapshot.ucf, kernel.health),
        version=VERSION,
        started_at=kernel.started_at,
        ucf=snapshot.ucf,
        trends=build_trends(snapshot.ucf, collective.hour_ago),
        agents_active=sum(agent.status == "active" for agent in agents),
        agents_total=len(agents),
        gateway=_gateway(kernel.health.get("gateway")),
        webhooks=_webhooks(collective),
        ritual=_ritual(collective.rituals),
        state_version=snapshot.version,
        state_changed_at=snapshot.changed_at,
        state_source=snapshot.source,
    )


def build_trends(ucf: UCF, hour_ago: UCF | None) -> Mapping[str, Trend]:
    """Where each metric went since an hour ago; "steady" where nothing is known of then."""
    trends: dict[str, Trend] = {}
    for name, metric in METRICS.items():
        before = getattr(ucf if hour_ago is None else hour_ago, name)
        moved = getattr(ucf, name) - before
        if abs(moved) < _STEADY_SHARE * (metric.high - metric.low):
            trends[name] = "steady"
        else:
            trends[name] = "up" if moved > 0 else "down"
    return trends


def assess(ucf: UCF, health: HealthRegistry) -> str:
    """One honest sentence: what is broken first, then what is critical, then what is short of good."""
    failing = [check.name for check in health.checks() if check.status == "fail"]
    required = [check.name for check in health.checks() if check.status == "fail" and check.required]
    warned = [check.name for check in health.checks() if check.status == "warn"]
    critical = [name for name in METRICS if judge(name, getattr(ucf, name)) == "critical"]
    fair = [name for name in METRICS if judge(name, getattr(ucf, name)) == "fair"]
    if required:
        return f"Broken: {_checks(required)} {_is(required)} failing{_besides(critical, ucf)}."
    if critical:
        tail = f", and {_checks(failing)} {_is(failing)} failing" if failing else ""
        return f"Strained: {_values(critical, ucf)} {_is(critical)} critical{tail}."
    if failing or warned:
        return f"Impaired: {_checks(failing or warned)} {_need(failing or warned)} attention."
    if fair:
        return f"Steady: nothing is critical, {_values(fair, ucf)} could be better."
    return "In harmony: all six values are good, and every check passes."


def _ritual(rituals: Rituals) -> Mapping[str, object] | None:
    """The running ritual, else the last one; both in the same shape, and without how far it is."""
    running, last = rituals.running, rituals.last
    if running is not None:
        return {
            "id": running.id,
            "kind": running.kind,
            "status": "running",
            "steps": running.steps,
            "started_at": running.started_at,
            "ended_at": None,
        }
    if last is None:
        return None
    return {
        "id": last.id,
        "kind": last.kind,
        "status": last.status,
        "steps": last.steps,
        "started_at": last.started_at,
        "ended_at": last.ended_at,
    }


def _webhooks(collective: Collective) -> Mapping[str, object]:
    webhooks, check = collective.webhooks, collective.kernel.health.get("webhooks")
    return {
        "status": "pass" if check is None else check.status,
        "inbox_waiting": webhooks.inbox.waiting,
        "outbox_waiting": webhooks.outbox.waiting,
        "open_breakers": sum(view.state != "closed" for view in webhooks.breakers.views()),
    }


def _gateway(check: Check | None) -> Mapping[str, object]:
    if check is None:
        return {"status": "fail", "reason": "not connected yet", "since": None}
    return {"status": check.status, "reason": check.reason, "since": check.since}


def _values(names: list[str], ucf: UCF) -> str:
    return _listed([f"{name} {getattr(ucf, name):.2f}" for name in names])


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _checks(names: list[str]) -> str:
    """Said so that a check's name is read as a name: some of them are plurals, as "commands" is."""
    return f"the {_listed(names)} {'check' if len(names) == 1 else 'checks'}"


def _besides(critical: list[str], ucf: UCF) -> str:
    return f", and {_values(critical, ucf)} {_is(critical)} critical" if critical else ""


def _is(words: list[str]) -> str:
    return "is" if len(words) == 1 else "are"


def _need(words: list[str]) -> str:
    return "needs" if len(words) == 1 else "need"
