"""The collective on one screen: what `!status` and `GET /status` both show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from core.health import Check, HealthRegistry, Status
from core.version import VERSION
from state.models import METRICS, UCF, judge
from state.status.records import GatewayStatus, RitualBrief, StatusView, Trend, WebhooksStatus

if TYPE_CHECKING:
    from state.collective import Collective
    from state.rituals import Rituals

__all__ = ["StatusView", "Trend", "assess", "build_status", "build_trends", "overall"]

# A change of less than this share of a metric's range is no trend.
_STEADY_SHARE: Final = 0.01


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
        trends_since=collective.trends_since,
        agents_active=sum(agent.status == "active" for agent in agents),
        agents_total=len(agents),
        gateway=_gateway(kernel.health.get("gateway")),
        webhooks=_webhooks(collective),
        ritual=_ritual(collective.rituals),
        state_version=snapshot.version,
        state_changed_at=snapshot.changed_at,
        state_source=snapshot.source,
    )


def overall(status: Status, ucf: UCF) -> Status:
    """How it all is: the checks alone pass once somebody knows of a critical value."""
    strained = any(judge(name, getattr(ucf, name)) == "critical" for name in METRICS)
    return "warn" if strained and status == "pass" else status


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


def _ritual(rituals: Rituals) -> RitualBrief | None:
    newest = rituals.newest
    if newest is None:
        return None
    return RitualBrief(
        id=newest.id,
        kind=newest.kind,
        status=newest.status,
        steps=newest.steps,
        started_at=newest.started_at,
        ended_at=newest.ended_at,
    )


def _webhooks(collective: Collective) -> WebhooksStatus:
    webhooks, check = collective.webhooks, collective.kernel.health.get("webhooks")
    return WebhooksStatus(
        status="pass" if check is None else check.status,
        inbox_waiting=webhooks.inbox.waiting,
        outbox_waiting=webhooks.outbox.waiting,
        open_breakers=sum(view.state != "closed" for view in webhooks.breakers.views()),
    )


def _gateway(check: Check | None) -> GatewayStatus:
    if check is None:
        return GatewayStatus(status="fail", reason="not connected yet", since=None)
    return GatewayStatus(status=check.status, reason=check.reason, since=check.since)


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
