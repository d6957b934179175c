"""Changes alerts in the writer thread: each function writes, journals and returns the events."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from core.errors import HelixError
from core.store.tx import Tx
from state.alerts import alert_table as table
from state.alerts.alert_table import Alert
from state.alerts.hysteresis import compare
from state.change import SYSTEM, Actor
from state.events import AlertCleared, AlertRaised, AlertUpdated, OutEvent
from state.journal import insert_rows
from state.models import UCF

# Alerts that may be open at once; an outside one beyond them is refused.
OPEN_LIMIT: Final = 200


class WrongAlert(HelixError):
    """No such open alert, acknowledged already, or not valid; the text says which."""


def measure(tx: Tx, ucf: UCF, at: datetime) -> list[OutEvent]:
    """Raises and clears measured alerts by the present values."""
    existing = {alert.key: alert for alert in table.open_alerts(tx)}
    raised, cleared = compare(existing.keys(), ucf)
    events: list[OutEvent] = [close(tx, existing[rule.key], at, SYSTEM) for rule in cleared]
    for rule in raised:
        alert = Alert(
            id=0,
            key=rule.key,
            severity="critical",
            summary=rule.summary(),
            detail=rule.detail(ucf),
            metric=rule.metric,
            value=getattr(ucf, rule.metric),
            raised_at=at,
        )
        events.append(_open(tx, alert, SYSTEM)[1])
    return events


def raise_or_update(tx: Tx, wanted: Alert, at: datetime, actor: Actor) -> tuple[Alert, list[OutEvent]]:
    """Opens an alert, or updates the text of the open one with the same key.

    Raises:
        WrongAlert: too many are open.
    """
    existing = table.find_open(tx, wanted.key)
    if existing is None:
        if len(table.open_alerts(tx)) >= OPEN_LIMIT:
            raise WrongAlert(f"{OPEN_LIMIT} alerts are open. Clear some before raising another.")
        alert, event = _open(tx, wanted, actor)
        return alert, [event]
    alert = msgspec.structs.replace(
        existing, severity=wanted.severity, summary=wanted.summary, detail=wanted.detail
    )
    if alert == existing:
        return existing, []
    table.update_texts(tx, alert)
    _journal(tx, at, alert, actor, before=_journalled(existing), after=_journalled(alert))
    return alert, [_updated(alert)]


def acknowledge(tx: Tx, alert_id: int, at: datetime, actor: Actor) -> tuple[Alert, list[OutEvent]]:
    """Records who acknowledged an open alert; the caller's change carries the journal row.

    Raises:
        WrongAlert: there is no such alert, it is cleared, or it is acknowledged already.
    """
    existing = table.find(tx, alert_id)
    if existing is None:
        raise WrongAlert(f"There is no alert {alert_id}.")
    if existing.cleared_at is not None:
        raise WrongAlert(f"Alert {alert_id} is cleared, so it needs no acknowledgement.")
    if existing.acknowledged_at is not None:
        raise WrongAlert(f"Alert {alert_id} is acknowledged already.")
    alert = msgspec.structs.replace(
        existing, acknowledged_at=at, acknowledged_by=actor.name, acknowledged_by_id=actor.id
    )
    table.acknowledge(tx, alert)
    return alert, [_updated(alert)]


def close(tx: Tx, alert: Alert, at: datetime, actor: Actor) -> OutEvent:
    """Clears an open alert."""
    table.close(tx, alert.id, at)
    _journal(tx, at, alert, actor, before=_journalled(alert), after=None)
    cleared = msgspec.structs.replace(alert, cleared_at=at)
    return msgspec.convert(cleared, AlertCleared, from_attributes=True)


def _open(tx: Tx, wanted: Alert, actor: Actor) -> tuple[Alert, OutEvent]:
    alert = table.insert(tx, wanted)
    _journal(tx, alert.raised_at, alert, actor, before=None, after=_journalled(alert))
    return alert, msgspec.convert(alert, AlertRaised, from_attributes=True)


def _journal(tx: Tx, at: datetime, alert: Alert, actor: Actor, *, before: object, after: object) -> None:
    insert_rows(tx, at, (actor.row("alert", alert.key, before=before, after=after),))


def _journalled(alert: Alert) -> dict[str, object]:
    return {"alert": alert.id, "severity": alert.severity, "summary": alert.summary, "detail": alert.detail}


def _updated(alert: Alert) -> AlertUpdated:
    return msgspec.convert(alert, AlertUpdated, from_attributes=True)
