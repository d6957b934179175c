"""The table `ucf_history`: the six values of each version that changed them."""

from __future__ import annotations

from typing import Any, Final

from core.store.names import with_names
from core.store.tx import Sql, Tx
from state.models import METRICS

_READ: Final = with_names("SELECT at_us, {values} FROM ucf_history ", values=list(METRICS))
_NEWEST: Final = with_names(
    "SELECT at_us, source, {values} FROM ucf_history WHERE at_us <= ? "
    "ORDER BY at_us DESC, version DESC LIMIT ?",
    values=list(METRICS),
)
# One metric's changes in a period, each with its bucket and until when its value held.
_BUCKETED: Final = """
    WITH held AS (
        SELECT at_us, version, {metric} AS v, (at_us - :since) / :width AS bucket,
               lead(at_us, 1, {until}) OVER (ORDER BY at_us, version) AS next_us
        FROM ucf_history WHERE at_us > :since AND at_us <= :until
    ), ranked AS (
        SELECT at_us, v, bucket, next_us, :since + (bucket + 1) * :width AS end_us,
               row_number() OVER (PARTITION BY bucket ORDER BY at_us DESC, version DESC) AS place FROM held
    )
    SELECT bucket, min(v), max(v), min(at_us),
           sum(v * (CASE WHEN next_us < end_us THEN next_us ELSE end_us END - at_us)),
           max(CASE WHEN place = 1 THEN v END)
    FROM ranked GROUP BY bucket ORDER BY bucket
"""
_CHANGES: Final = """
    SELECT at_us, v FROM (
        SELECT at_us, version, {metric} AS v, lag({metric}) OVER (ORDER BY at_us, version) AS before
        FROM ucf_history WHERE at_us > :since AND at_us <= :until
    ) AS moved WHERE v {differs} coalesce(before, {carried}) ORDER BY at_us, version LIMIT :limit
"""


def at(tx: Tx, moment_us: int) -> tuple[Any, ...] | None:
    """Time and six values at a time; None before the first."""
    return _one(tx, "WHERE at_us <= ? ORDER BY at_us DESC, version DESC LIMIT 1", moment_us)


def first(tx: Tx, since_us: int = 0, until_us: int = 2**62) -> tuple[Any, ...] | None:
    """Time and six values of the first row in a period; None if there is none."""
    return _one(tx, "WHERE at_us >= ? AND at_us < ? ORDER BY at_us, version LIMIT 1", since_us, until_us)


def value_at(tx: Tx, metric: str, moment_us: int) -> float | None:
    """One metric at a time; None before the first value."""
    row = at(tx, moment_us)
    return None if row is None else float(row[1 + list(METRICS).index(metric)])


def changes(
    tx: Tx, metric: str, span_us: tuple[int, int], carried: float | None, most: int
) -> list[tuple[int, float]]:
    """Time and value of a metric's changes in a period, at most `most`; `carried` is the value before it."""
    values = {"since": span_us[0], "until": span_us[1], "carried": carried, "limit": most}
    statement = Sql(
        sqlite=_CHANGES.format(metric=metric, differs="IS NOT", carried=":carried"),
        postgres=_CHANGES.format(
            metric=metric, differs="IS DISTINCT FROM", carried="CAST(:carried AS DOUBLE PRECISION)"
        ),
    )
    return tx.execute(statement, values).fetchall()


def buckets(
    tx: Tx, metric: str, span_us: tuple[int, int], width_us: int
) -> list[tuple[int, float, float, int, float, float]]:
    """Per bucket with changes: number, lowest, highest, first time, time-weighted sum, and last value."""
    values = {"since": span_us[0], "until": span_us[1], "width": width_us}
    statement = Sql(
        sqlite=_BUCKETED.format(metric=metric, until=":until"),
        postgres=_BUCKETED.format(metric=metric, until="CAST(:until AS BIGINT)"),
    )
    return tx.execute(statement, values).fetchall()


def newest(tx: Tx, until_us: int, most: int) -> list[tuple[Any, ...]]:
    """Time, source and six values of the newest rows up to a time, newest first, at most `most`."""
    return tx.execute(_NEWEST, (until_us, most)).fetchall()


def count_by_source(tx: Tx, since_us: int, until_us: int) -> dict[str, int]:
    """Source to the number of rows in a period."""
    return dict(
        tx.execute(
            "SELECT source, count(*) FROM ucf_history WHERE at_us >= ? AND at_us < ? "
            "GROUP BY source ORDER BY source",
            (since_us, until_us),
        )
    )


def prune(tx: Tx, before_us: int) -> None:
    """Deletes the rows from before a time except the newest of them."""
    tx.execute(
        "DELETE FROM ucf_history WHERE at_us < ?1 AND version < "
        "(SELECT max(version) FROM ucf_history WHERE at_us < ?1)",
        (before_us,),
    )


def _one(tx: Tx, which: str, *values: int) -> tuple[Any, ...] | None:
    row: tuple[Any, ...] | None = tx.execute(_READ + which, values).fetchone()
    return row
