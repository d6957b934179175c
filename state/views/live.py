"""What the broadcaster carries, as the public records of `live_records.py`; the rest stays inside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import msgspec

from state.views.live_records import (
    AlertTold,
    BreakerTold,
    CheckStanding,
    CheckTold,
    DeliveriesNow,
    DirectiveTold,
    LiveRecord,
    RitualTold,
    StateTold,
)
from state.webhooks.records import DeliveryTold

if TYPE_CHECKING:
    from core.breakers.breaker import BreakerView
    from core.broadcast import Event
    from core.health import Check
    from state.agents import AgentView
    from state.alerts import Alert
    from state.collective import Collective

MOST_ALERTS: Final = 50
MOST_BREAKERS: Final = 50

_ALERT_STATUS: Final[Mapping[str, str]] = MappingProxyType(
    {"alert.raised": "open", "alert.updated": "open", "alert.cleared": "cleared"}
)


def translate(collective: Collective, event: Event) -> LiveRecord | None:
    """The public record of an event; None where it is nothing for others.

    Raises:
        KeyError: the event lacks what its topic always has.
        msgspec.ValidationError: a value of it cannot be one.
    """
    maker = _MAKERS.get(event.topic)
    return None if maker is None else maker(collective, event)


def open_alerts(collective: Collective) -> tuple[AlertTold, ...]:
    """The open alerts, newest first; the 50 newest."""
    return tuple(_standing_alert(alert) for alert in islice(reversed(collective.alerts.open()), MOST_ALERTS))


def ritual_now(collective: Collective) -> RitualTold | None:
    """The ritual that runs, else the last; None where there was none."""
    newest = collective.rituals.newest
    if newest is None:
        return None
    return RitualTold(
        id=newest.id,
        kind=newest.kind,
        status=newest.status,
        step=newest.step,
        steps=newest.steps,
        started_at=newest.started_at,
        ended_at=newest.ended_at,
    )


def deliveries_now(collective: Collective) -> DeliveriesNow:
    """The queues, and the newest deliveries."""
    webhooks = collective.webhooks
    return DeliveriesNow(
        inbox_waiting=webhooks.inbox.waiting,
        outbox_waiting=webhooks.outbox.waiting,
        dead=webhooks.outbox.dead,
        recent=webhooks.recent.newest(),
    )


def breakers_now(collective: Collective) -> tuple[BreakerTold, ...]:
    """The breakers, those that are not closed first; the first 50."""
    return tuple(_breaker(view) for view in collective.webhooks.breakers.views()[:MOST_BREAKERS])


def checks_now(collective: Collective) -> dict[str, CheckStanding]:
    """Every health check as last reported, by name."""
    return {check.name: CheckStanding(**_check_fields(check)) for check in collective.kernel.health.checks()}


def _state(_: Collective, event: Event) -> StateTold:
    return msgspec.convert(event.data, StateTold)


def _agent(collective: Collective, event: Event) -> AgentView | None:
    name = event.data["agent"]
    return next((agent for agent in collective.monitor.agents() if agent.name == name), None)


def _alert(_: Collective, event: Event) -> AlertTold | None:
    data = event.data
    status = _ALERT_STATUS.get(str(data["type"]))
    if status is None:
        return None
    if data.get("acknowledged_at") is not None:
        status = "acknowledged"
    return msgspec.convert(
        {
            "key": data["key"],
            "severity": data["severity"],
            "summary": data["summary"],
            "status": status,
            "since": data["raised_at"],
            **_test(data),
        },
        AlertTold,
    )


def _ritual(_: Collective, event: Event) -> RitualTold:
    data = event.data
    what = str(data["type"]).partition(".")[2]
    if what == "completed":
        number, status, step, ended_at = data["ritual"], "done", data["steps"], data["finished_at"]
    else:
        running = what in {"started", "progress"}
        number, step = data["id"], data["step"]
        status, ended_at = ("running", None) if running else (what, event.at)
    return msgspec.convert(
        {
            "id": number,
            "kind": data["kind"],
            "status": status,
            "step": step,
            "steps": data["steps"],
            "started_at": data["started_at"],
            "ended_at": ended_at,
            **_test(data),
        },
        RitualTold,
    )


def _delivery(_: Collective, event: Event) -> DeliveryTold:
    data = event.data
    return msgspec.convert(
        {
            "id": data["delivery"],
            "event": data["event_type"],
            "destination": data["destination"],
            # One that was given up is told as an event of its own where somebody tries whether it arrives.
            "status": data.get("status", "dead"),
            "attempts": data["attempts"],
            "at": event.at,
            **_test(data),
        },
        DeliveryTold,
    )


def _directive(collective: Collective, event: Event) -> DirectiveTold:
    data, directives = event.data, collective.directives
    return msgspec.convert(
        {
            "id": data.get("directive"),
            "action": data.get("action"),
            "status": data.get("status"),
            "queued": data.get("queued", directives.counts["queued"]),
            "halted": data.get("halted", directives.halted is not None),
            **_test(data),
        },
        DirectiveTold,
    )


def _check(collective: Collective, event: Event) -> CheckTold | None:
    check = collective.kernel.health.get(str(event.data["check"]))
    return None if check is None else CheckTold(name=check.name, **_check_fields(check))


def _told_breaker(_: Collective, event: Event) -> BreakerTold:
    return msgspec.convert(event.data, BreakerTold)


_MAKERS: Final[Mapping[str, Callable[[Collective, Event], LiveRecord | None]]] = MappingProxyType(
    {
        "state": _state,
        "agents": _agent,
        "alerts": _alert,
        "rituals": _ritual,
        "deliveries": _delivery,
        "directives": _directive,
        "health": _check,
        "breakers": _told_breaker,
    }
)


def _test(data: Mapping[str, object]) -> dict[str, bool]:
    return {"test": True} if data.get("test") is True else {}


def _standing_alert(alert: Alert) -> AlertTold:
    return AlertTold(
        key=alert.key,
        severity=alert.severity,
        summary=alert.summary,
        status="open" if alert.acknowledged_at is None else "acknowledged",
        since=alert.raised_at,
    )


def _breaker(view: BreakerView) -> BreakerTold:
    return BreakerTold(name=view.name, state=view.state, since=view.since)


def _check_fields(check: Check) -> dict[str, Any]:
    return {
        "status": check.status,
        "since": check.since,
        "reason": check.reason,
        "action": check.action,
        "bounds": check.bounds,
        "observed_value": check.observed_value,
        "observed_unit": check.observed_unit,
        "required": check.required,
    }
