"""Translates broadcast events into the public records of `live_records.py`; all others stay internal."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final, Literal, TypeVar

import msgspec

from core.breakers.breaker import BreakerView
from core.health import Check
from core.webhooks.deliverer import Settled
from state.agents import AgentView
from state.change import Versions
from state.directives.records import DirectivesChanged
from state.events import (
    AlertCleared,
    AlertRaised,
    AlertUpdated,
    DeliveryExhausted,
    DirectiveFinished,
    RitualCompleted,
)
from state.models import METRICS
from state.rituals.records import RitualRecord, RunningRitual
from state.views.live_records import (
    CheckState,
    DeliveriesNow,
    LiveAlert,
    LiveBreaker,
    LiveCheck,
    LiveDirective,
    LiveRecord,
    LiveRitual,
    LiveState,
)
from state.webhooks.recent import LiveDelivery, live_delivery

if TYPE_CHECKING:
    from core.broadcast import Event
    from state.alerts import Alert
    from state.collective import Collective

Record = TypeVar("Record", bound=msgspec.Struct)

MOST_ALERTS: Final = 50
MOST_BREAKERS: Final = 50


def translate(collective: Collective, event: Event) -> LiveRecord | None:
    """The public record of an event; None if it is internal."""
    record = _translate(collective, event)
    return record if record is None or not event.test else msgspec.structs.replace(record, test=True)


def open_alerts(collective: Collective) -> tuple[LiveAlert, ...]:
    """The newest 50 open alerts, newest first."""
    return tuple(_alert(alert) for alert in islice(reversed(collective.alerts.open()), MOST_ALERTS))


def ritual_now(collective: Collective) -> LiveRitual | None:
    """The running ritual, else the last one; None if there was none."""
    newest = collective.rituals.newest
    return None if newest is None else _ritual(newest)


def deliveries_now(collective: Collective) -> DeliveriesNow:
    """The webhook queues and the newest deliveries."""
    webhooks = collective.webhooks
    return DeliveriesNow(
        inbox_waiting=webhooks.inbox.waiting,
        outbox_waiting=webhooks.outbox.waiting,
        dead=webhooks.outbox.dead,
        recent=webhooks.recent.newest(),
    )


def breakers_now(collective: Collective) -> tuple[LiveBreaker, ...]:
    """The first 50 breakers; those that are not closed come first."""
    return tuple(_convert(view, LiveBreaker) for view in collective.webhooks.breakers.views()[:MOST_BREAKERS])


def checks_now(collective: Collective) -> dict[str, CheckState]:
    """Every health check as last reported, by name."""
    return {check.name: _convert(check, CheckState) for check in collective.kernel.health.checks()}


def _translate(collective: Collective, event: Event) -> LiveRecord | None:
    record: LiveRecord | None = None
    match event.data:
        case Versions(old, new):
            record = LiveState(
                version=new.version,
                changed_at=new.changed_at,
                source=new.source,
                ucf=new.ucf.as_dict(),
                changed=[name for name in METRICS if getattr(old.ucf, name) != getattr(new.ucf, name)],
            )
        case AgentView() as agent:
            record = agent
        case AlertRaised() | AlertUpdated() | AlertCleared() as alert:
            record = _alert(alert)
        case RunningRitual() | RitualRecord() | RitualCompleted() as ritual:
            record = _ritual(ritual)
        case Settled() | DeliveryExhausted() as delivery:
            record = _delivery(delivery, event)
        case DirectivesChanged() | DirectiveFinished() as change:
            record = _directive(collective, change)
        case Check() as check:
            record = _convert(check, LiveCheck)
        case BreakerView() as breaker:
            record = _convert(breaker, LiveBreaker)
    return record


def _alert(alert: Alert | AlertRaised | AlertUpdated | AlertCleared) -> LiveAlert:
    status: Literal["open", "acknowledged", "cleared"] = "open"
    if isinstance(alert, AlertCleared):
        status = "cleared"
    elif not isinstance(alert, AlertRaised) and alert.acknowledged_at is not None:
        status = "acknowledged"
    return LiveAlert(
        key=alert.key, severity=alert.severity, summary=alert.summary, status=status, since=alert.raised_at
    )


def _ritual(ritual: RunningRitual | RitualRecord | RitualCompleted) -> LiveRitual:
    if isinstance(ritual, RitualCompleted):
        return LiveRitual(
            id=ritual.ritual,
            kind=ritual.kind,
            status="done",
            step=ritual.steps,
            steps=ritual.steps,
            started_at=ritual.started_at,
            ended_at=ritual.finished_at,
        )
    return _convert(ritual, LiveRitual)


def _delivery(delivery: Settled | DeliveryExhausted, event: Event) -> LiveDelivery:
    if isinstance(delivery, Settled):
        return live_delivery(delivery, event.at)
    # Such an event is only a test here: a real dead letter was shown as its last attempt (`Settled`).
    return LiveDelivery(
        id=delivery.delivery,
        event=delivery.event_type,
        destination=delivery.destination,
        status="dead",
        attempts=delivery.attempts,
        at=event.at,
    )


def _directive(collective: Collective, change: DirectivesChanged | DirectiveFinished) -> LiveDirective:
    if isinstance(change, DirectiveFinished):
        directives = collective.directives
        return LiveDirective(
            id=change.directive,
            action=change.action,
            status=change.status,
            queued=directives.counts["queued"],
            halted=directives.halted is not None,
        )
    moved = change.directive
    return LiveDirective(
        id=None if moved is None else moved.id,
        action=None if moved is None else moved.action,
        status=None if moved is None else moved.status,
        queued=change.queued,
        halted=change.halted,
    )


def _convert(record: object, kind: type[Record]) -> Record:
    """Makes a public record from the fields of the same names."""
    # Not `msgspec.convert`, which would turn whole numbers into floats.
    return kind(**{name: getattr(record, name) for name in kind.__struct_fields__ if hasattr(record, name)})
