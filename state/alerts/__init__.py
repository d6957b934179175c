"""Alerts: raised and cleared in the transaction of their cause, acknowledged and muted by people."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from core.clock import Clock
from core.health import Reading
from core.health.threshold import Threshold
from core.listeners import subscribe
from core.store import Store
from core.store.tx import Tx
from state.alerts import _writer as writer
from state.alerts import alert_table as table
from state.alerts._writer import WrongAlert
from state.alerts.alert_table import Alert
from state.alerts.hysteresis import MEASURED_PREFIX
from state.change import SYSTEM, Actor, Change
from state.events import AlertCleared, AlertRaised, AlertsMuted, AlertUpdated, OutEvent, Severity
from state.kinds import ALERTS
from state.manager import StateManager
from state.models import Snapshot

__all__ = ["Alert", "Alerts", "WrongAlert"]

Write = Callable[[Tx], None]

SHORTEST_MUTE: Final = timedelta(minutes=1)
LONGEST_MUTE: Final = timedelta(days=30)
_KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}", re.ASCII)
_SUMMARY_LENGTH: Final = 200
_DETAIL_LENGTH: Final = 1_000


class Alerts:
    """The alerts of the collective; call `load` before the first change.

    A measured alert's key begins with "ucf." (`state/alerts/hysteresis.py`). Callers raise and clear all
    others under keys of their own. In-memory state is that of the last commit.

    Args:
        warn_above: the check warns if more open alerts than this are not acknowledged.
    """

    def __init__(self, manager: StateManager, database: Store, clock: Clock, *, warn_above: int = 0) -> None:
        self._bound = Threshold("unacknowledged", "above", warn_above, None, ("ALERTS_UNSEEN_WARN",))
        self._manager = manager
        self._database = database
        self._clock = clock
        self._open: dict[int, Alert] = {}
        self._mutes: dict[str, datetime] = {}
        self._listeners: list[Callable[[], None]] = []

    async def load(self) -> None:
        """Reads open alerts and mutes, starts to watch changes, and raises what is critical already."""
        self._open = {alert.id: alert for alert in await self._database.read(table.open_alerts)}
        await self.load_mutes()
        self._manager.add_transaction_hook(self._watch)
        self._manager.subscribe(self._changed)
        await self._manager.change_with(lambda _: Change(), also=self._look, kinds=ALERTS)

    async def reload(self) -> None:
        """Reads open alerts and mutes again, after another process changed them."""
        alerts, self._mutes = await self._database.read(lambda tx: (table.open_alerts(tx), table.mutes(tx)))
        self._open = {alert.id: alert for alert in alerts}
        for listener in tuple(self._listeners):
            listener()

    async def load_mutes(self) -> None:
        """Reads the mutes, and shortens those that a clock that ran ahead has set too long."""
        now = self._clock.now()
        self._mutes = await self._database.write(lambda tx: table.read_mutes(tx, now))
        for listener in tuple(self._listeners):
            listener()

    def open(self) -> tuple[Alert, ...]:
        """Every open alert, oldest first; from memory."""
        return tuple(self._open.values())

    def muted_until(self, metric: str | None) -> datetime | None:
        """Until when a metric's alerts are muted; None if they are not."""
        until = None if metric is None else self._mutes.get(metric)
        return until if until is not None and until > self._clock.now() else None

    def mutes(self) -> Mapping[str, datetime]:
        """Every metric that is muted now, and until when."""
        now = self._clock.now()
        return {metric: until for metric, until in self._mutes.items() if until > now}

    def on_change(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Calls `callback()` after each commit that changed an alert or mute; returns the unsubscriber."""
        return subscribe(self._listeners, callback)

    async def ack(self, alert_id: int, actor: Actor) -> Alert:
        """Acknowledges an open alert and returns it.

        Raises:
            WrongAlert: there is no such alert, it is cleared, or it is acknowledged already.
        """
        kept: list[Alert] = []
        # For an unknown alert the hook raises, so this row is never written.
        there = self._open.get(alert_id)
        row = actor.row("alert", there.key if there else "", before="open", after="acknowledged")

        def also(tx: Tx, _old: Snapshot, _new: Snapshot) -> list[OutEvent]:
            alert, events = writer.acknowledge(tx, alert_id, self._clock.now(), actor)
            kept[:] = [alert]
            return events

        await self._manager.change_with(lambda _: Change(journal=(row,)), also=also, kinds=ALERTS)
        return kept[0]

    async def mute(self, metric: str, span: timedelta, actor: Actor) -> datetime:
        """Stops posts about a metric's alerts, which are still raised; returns when the mute ends.

        Raises:
            WrongAlert: the span is not from a minute to 30 days.
        """
        if not SHORTEST_MUTE <= span <= LONGEST_MUTE:
            raise WrongAlert("A mute lasts from 1m to 30d. Choose a time between them.")
        until = self._clock.now() + span
        await self._set_mute(metric, until, actor)
        return until

    async def unmute(self, metric: str, actor: Actor) -> bool:
        """Ends a mute; False if there was none."""
        if self.muted_until(metric) is None:
            return False
        await self._set_mute(metric, None, actor)
        return True

    async def raise_(
        self,
        key: str,
        severity: Severity,
        summary: str,
        detail: str = "",
        *,
        metric: str | None = None,
        value: float | None = None,
        actor: Actor = SYSTEM,
        also: Write | None = None,
    ) -> Alert:
        """Raises an outside alert, or updates the open one with the same key.

        `also` writes in the same transaction.

        Raises:
            WrongAlert: the key is not valid, or too many alerts are open.
        """
        if not _KEY.fullmatch(key) or key.startswith(MEASURED_PREFIX):
            raise WrongAlert(
                f"An alert's key is 1 to 100 letters, digits and any of . _ : / -, and does not begin with "
                f"{MEASURED_PREFIX!r}, which is reserved for measured alerts."
            )
        wanted = Alert(
            id=0,
            key=key,
            severity=severity,
            summary=" ".join(summary.split())[:_SUMMARY_LENGTH] or key,
            detail=detail.strip()[:_DETAIL_LENGTH],
            metric=metric,
            value=value,
            raised_at=self._clock.now(),
        )
        kept: list[Alert] = []

        def write(tx: Tx, _old: Snapshot, _new: Snapshot) -> list[OutEvent]:
            alert, events = writer.raise_or_update(tx, wanted, self._clock.now(), actor)
            kept[:] = [alert]
            if also is not None:
                also(tx)
            return events

        await self._manager.change_with(lambda _: Change(), also=write, kinds=ALERTS)
        return kept[0]

    async def clear(self, key: str, actor: Actor = SYSTEM, *, also: Write | None = None) -> bool:
        """Clears an outside alert; False if none of that key is open. `also` writes in the same transaction.

        Raises:
            WrongAlert: it is a measured alert, which clears by itself.
        """
        if key.startswith(MEASURED_PREFIX):
            raise WrongAlert("This alert is measured. It clears by itself when its value is back in bounds.")
        kept: list[bool] = []

        def write(tx: Tx, _old: Snapshot, _new: Snapshot) -> list[OutEvent]:
            there = table.find_open(tx, key)
            kept[:] = [there is not None]
            if also is not None:
                also(tx)
            return [] if there is None else [writer.close(tx, there, self._clock.now(), actor)]

        await self._manager.change_with(lambda _: Change(), also=write, kinds=ALERTS)
        return kept[0]

    async def newest(self, *, after_id: int = 0, limit: int = 50) -> tuple[Alert, ...]:
        """Alerts with ids above `after_id`, open or cleared, newest first."""
        return await self._database.read(lambda tx: table.newest(tx, after_id=after_id, limit=limit))

    async def get(self, alert_id: int) -> Alert | None:
        """One alert, open or cleared; None if there is none."""
        return await self._database.read(lambda tx: table.find(tx, alert_id))

    async def within(self, since: datetime, until: datetime) -> tuple[Alert, ...]:
        """Alerts raised in a period, newest first; at most 500."""
        return await self._database.read(lambda tx: table.within(tx, since, until))

    def probe(self) -> Reading:
        """The reading of the check "alerts": warns if too many open alerts are not acknowledged."""
        unknown = [alert for alert in self._open.values() if alert.acknowledged_at is None]
        counters = {
            "open": len(self._open),
            "acknowledged": len(self._open) - len(unknown),
            "unacknowledged": len(unknown),
            "muted_metrics": len(self.mutes()),
        }
        load = min(1.0, len(self._open) / 10)
        reading = Reading(load=load, counters=counters, thresholds=(self._bound,))
        if not unknown:
            return reading.become("pass", "every open alert is acknowledged" if self._open else "", "")
        named = [alert.summary for alert in unknown]
        reason = "; ".join(named) if len(named) <= 3 else f"{named[0]}; {named[1]}; and more"
        action = "See `/alerts` and acknowledge the alerts you know about."
        return reading.become(self._bound.judge(len(unknown)), reason, action)

    def _watch(self, tx: Tx, old: Snapshot, new: Snapshot) -> list[OutEvent]:
        return [] if new.ucf == old.ucf else writer.measure(tx, new.ucf, new.changed_at)

    def _look(self, tx: Tx, _old: Snapshot, new: Snapshot) -> list[OutEvent]:
        return writer.measure(tx, new.ucf, self._clock.now())

    async def _set_mute(self, metric: str, until: datetime | None, actor: Actor) -> None:
        before = self.muted_until(metric)
        row = actor.row("alert", metric, reason="muted" if until else "unmuted", before=before, after=until)

        def also(tx: Tx, _old: Snapshot, _new: Snapshot) -> None:
            table.write_mute(tx, metric, until, now=self._clock.now())

        event = AlertsMuted(metric=metric, until=until)
        change = Change(journal=(row,), events=(event,))
        await self._manager.change_with(lambda _: change, also=also, kinds=ALERTS)

    def _changed(self, _old: Snapshot, _new: Snapshot, change: Change) -> None:
        applied = [self._apply(event, change) for event in change.events]
        if not any(applied):
            return
        for listener in tuple(self._listeners):
            listener()

    def _apply(self, event: OutEvent, change: Change) -> bool:
        if isinstance(event, AlertRaised):
            self._open[event.id] = msgspec.convert(event, Alert, from_attributes=True)
        elif isinstance(event, AlertUpdated):
            self._open[event.id] = _updated(self._open[event.id], event, change)
        elif isinstance(event, AlertCleared):
            self._open.pop(event.id, None)
        elif isinstance(event, AlertsMuted):
            self._mutes.pop(event.metric, None)
            if event.until is not None:
                self._mutes[event.metric] = event.until
        else:
            return False
        return True


def _updated(alert: Alert, event: AlertUpdated, change: Change) -> Alert:
    newly = alert.acknowledged_at is None and event.acknowledged_at is not None
    # Events carry no names, so the name is taken from the journal row of the same change.
    who = change.journal[0] if newly and change.journal else None
    return msgspec.structs.replace(
        alert,
        severity=event.severity,
        summary=event.summary,
        detail=event.detail,
        acknowledged_at=event.acknowledged_at,
        acknowledged_by=who.actor if who else alert.acknowledged_by,
        acknowledged_by_id=who.actor_id if who else alert.acknowledged_by_id,
    )
