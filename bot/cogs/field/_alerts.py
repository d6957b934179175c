"""`alerts`: open and cleared alerts, and mutes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from state.alerts import Alert, Alerts

PER_PAGE = 5
_CLOSED_SHOWN = 20


@dataclass(frozen=True, slots=True)
class AlertsView:
    """Open alerts, newest first, then cleared ones; and the mutes."""

    alerts: tuple[Alert, ...]
    mutes: Mapping[str, datetime]


async def fetch_alerts(alerts: Alerts) -> AlertsView:
    """Every open alert, and the last twenty cleared ones."""
    there = alerts.open()
    newest = await alerts.newest(limit=len(there) + _CLOSED_SHOWN)
    closed = [alert for alert in newest if alert.cleared_at is not None][:_CLOSED_SHOWN]
    return AlertsView((*reversed(there), *closed), alerts.mutes())
