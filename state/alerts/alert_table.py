"""Alerts and mutes in the database; every function works in the open transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import msgspec

from core.store.moments import columns_of, fields_of, from_us, to_us
from core.store.tx import Tx, Value
from state.events import Severity

# Cleared alerts that are kept; older ones are deleted, and remain in the journal only.
CLOSED_KEPT: Final = 1_000
_SELECT: Final = (
    "SELECT id, key, severity, summary, detail, metric, value, raised_us, "
    "acked_us, acked_by, acked_by_id, cleared_us FROM alerts"
)
_COLUMNS: Final = columns_of(_SELECT)
_MUTES: Final = "SELECT metric, until_us FROM alert_mutes ORDER BY coalesce(set_us, 0), metric"


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """Something that needs, or needed, attention.

    Attributes:
        key: what it is about; at most one alert per key is open.
        metric: the metric that crossed a bound, if one did; `value` is its value then.
        acknowledged_by: display name; shown at home only.
        cleared_at: when it ended; None while it is open.
    """

    id: int
    key: str
    severity: Severity
    summary: str
    detail: str
    raised_at: datetime
    metric: str | None = None
    value: float | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    acknowledged_by_id: int | None = None
    cleared_at: datetime | None = None


def insert(tx: Tx, alert: Alert) -> Alert:
    """Inserts a new alert; returns it with its id."""
    (number,) = tx.execute(
        "INSERT INTO alerts (key, severity, summary, detail, metric, value, raised_us) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (
            alert.key,
            alert.severity,
            alert.summary,
            alert.detail,
            alert.metric,
            alert.value,
            to_us(alert.raised_at),
        ),
    ).fetchone()
    return msgspec.structs.replace(alert, id=int(number))


def update_texts(tx: Tx, alert: Alert) -> None:
    """Updates severity and texts of an open alert."""
    tx.execute(
        "UPDATE alerts SET severity = ?, summary = ?, detail = ? WHERE id = ?",
        (alert.severity, alert.summary, alert.detail, alert.id),
    )


def acknowledge(tx: Tx, alert: Alert) -> None:
    """Stores who acknowledged an alert, and when."""
    tx.execute(
        "UPDATE alerts SET acked_us = ?, acked_by = ?, acked_by_id = ? WHERE id = ?",
        (
            None if alert.acknowledged_at is None else to_us(alert.acknowledged_at),
            alert.acknowledged_by,
            alert.acknowledged_by_id,
            alert.id,
        ),
    )


def close(tx: Tx, alert_id: int, at: datetime) -> None:
    """Marks an alert as cleared, and deletes old cleared ones."""
    tx.execute("UPDATE alerts SET cleared_us = ? WHERE id = ?", (to_us(at), alert_id))
    tx.execute(
        "DELETE FROM alerts WHERE cleared_us IS NOT NULL AND id <= "
        "(SELECT id FROM alerts WHERE cleared_us IS NOT NULL ORDER BY id DESC LIMIT 1 OFFSET ?)",
        (CLOSED_KEPT,),
    )


def find(tx: Tx, alert_id: int) -> Alert | None:
    """The alert with that id, open or cleared."""
    return _one(tx, "id = ?", (alert_id,))


def find_open(tx: Tx, key: str) -> Alert | None:
    """The open alert of that key."""
    return _one(tx, "key = ? AND cleared_us IS NULL", (key,))


def open_alerts(tx: Tx) -> tuple[Alert, ...]:
    """Every open alert, oldest first."""
    return _several(tx, "cleared_us IS NULL", (), "id")


def newest(tx: Tx, *, after_id: int, limit: int) -> tuple[Alert, ...]:
    """Alerts with ids above `after_id`, open or cleared, newest first."""
    return _several(tx, "id > ?", (after_id,), "id DESC", limit)


def within(tx: Tx, since: datetime, until: datetime) -> tuple[Alert, ...]:
    """Alerts raised in a period, newest first; at most 500."""
    span = (to_us(since), to_us(until))
    return _several(tx, "raised_us BETWEEN ? AND ?", span, "id DESC", 500)


def read_mutes(tx: Tx, now: datetime) -> dict[str, datetime]:
    """Each muted metric and until when. A mute set in the future (by a wrong clock) is restarted from now."""
    tx.execute(
        "UPDATE alert_mutes SET until_us = ?1 + until_us - set_us, set_us = ?1 WHERE set_us > ?1",
        (to_us(now),),
    )
    return mutes(tx)


def mutes(tx: Tx) -> dict[str, datetime]:
    """Each muted metric and until when."""
    return {row[0]: from_us(row[1]) for row in tx.execute(_MUTES)}


def write_mute(tx: Tx, metric: str, until: datetime | None, *, now: datetime) -> None:
    """Mutes a metric from now until a time; None ends the mute."""
    tx.execute("DELETE FROM alert_mutes WHERE metric = ?", (metric,))
    if until is not None:
        tx.execute(
            "INSERT INTO alert_mutes (metric, until_us, set_us) VALUES (?, ?, ?)",
            (metric, to_us(until), to_us(now)),
        )


def _one(tx: Tx, where: str, values: tuple[Value, ...]) -> Alert | None:
    found = _several(tx, where, values, "id", 1)
    return found[0] if found else None


def _several(
    tx: Tx, where: str, values: tuple[Value, ...], order: str, limit: int | None = None
) -> tuple[Alert, ...]:
    query = f"{_SELECT} WHERE {where} ORDER BY {order}"
    if limit is not None:
        query, values = f"{query} LIMIT ?", (*values, limit)
    return tuple(_alert(row) for row in tx.execute(query, values))


def _alert(row: tuple[Any, ...]) -> Alert:
    fields = fields_of(_COLUMNS, row)
    return Alert(
        acknowledged_at=fields.pop("acked_at"),
        acknowledged_by=fields.pop("acked_by"),
        acknowledged_by_id=fields.pop("acked_by_id"),
        **fields,
    )
