"""Forecasts in the database; every function works in the open transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

import msgspec

from core.store.moments import from_us, to_us
from core.store.names import with_names
from core.store.tx import Tx
from state.alerts.holt import Expected
from state.models import METRICS

_KEPT_FOR: Final = timedelta(days=30)
_ACCURACY: Final = (
    "SELECT metric, count(*), avg(abs(value - actual)), "
    "count(*) FILTER (WHERE actual BETWEEN low - 1e-9 AND high + 1e-9) "
    "FROM forecasts WHERE actual IS NOT NULL AND for_us > ? GROUP BY metric"
)


class Accuracy(msgspec.Struct, frozen=True, kw_only=True):
    """How exact one metric's forecasts of the last 7 days were.

    Attributes:
        measured: number of forecasts that came due.
        mean_absolute_error: in the metric's unit.
        within_share: share of actual values within the predicted band, 0 to 1.
    """

    measured: int
    mean_absolute_error: float
    within_share: float


def newest_moment(tx: Tx) -> datetime | None:
    """When the last forecasts were made; None if there are none."""
    row = tx.execute("SELECT max(made_us) FROM forecasts").fetchone()
    return None if row[0] is None else from_us(row[0])


def keep(tx: Tx, made: Iterable[tuple[str, datetime, Expected]], now: datetime) -> None:
    """Inserts what is expected of a metric at a time, and deletes old forecasts."""
    rows = [
        (metric, to_us(now), to_us(due), expected.value, expected.low, expected.high)
        for metric, due, expected in made
    ]
    tx.executemany(
        "INSERT INTO forecasts (metric, made_us, for_us, value, low, high) VALUES (?, ?, ?, ?, ?, ?)", rows
    )
    tx.execute("DELETE FROM forecasts WHERE for_us < ?", (to_us(now - _KEPT_FOR),))


def measure(tx: Tx, now: datetime) -> None:
    """Stores the actual values of forecasts that came due."""
    for name in METRICS:
        tx.execute(
            with_names(
                "UPDATE forecasts SET actual = (SELECT {metric} FROM ucf_history WHERE at_us <= for_us "
                "ORDER BY at_us DESC, version DESC LIMIT 1) "
                "WHERE metric = ? AND actual IS NULL AND for_us <= ?",
                metric=name,
            ),
            (name, to_us(now)),
        )


def accuracy_since(tx: Tx, since: datetime) -> Mapping[str, Accuracy]:
    """How exact the forecasts were that came due after a time, by metric."""
    found = {
        name: Accuracy(measured=count, mean_absolute_error=error, within_share=within / count)
        for name, count, error, within in tx.execute(_ACCURACY, (to_us(since),))
    }
    return MappingProxyType({name: found[name] for name in METRICS if name in found})
