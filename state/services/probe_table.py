"""The table `probes`: the results of probing services."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from core.store.tx import Tx, Value

# Asks once for each service, not for each row: `other` is its newest probe that found it otherwise.
_LAST_CHANGES: Final = """
    WITH newest AS MATERIALIZED (
        SELECT name, ok, coalesce(
            (SELECT max(q.id) FROM probes AS q WHERE q.name = p.name AND q.ok != p.ok), 0
        ) AS other FROM probes AS p WHERE id IN (SELECT max(id) FROM probes GROUP BY name)
    )
    SELECT newest.name, newest.ok, min(probes.at_us) FROM newest
    JOIN probes ON probes.name = newest.name AND probes.id > newest.other
    GROUP BY newest.name, newest.ok ORDER BY newest.name
"""


def insert(tx: Tx, rows: Sequence[Sequence[Value]]) -> None:
    """Inserts results: time, name, whether it was up, HTTP status, latency in microseconds, and error."""
    tx.executemany(
        "INSERT INTO probes (at_us, name, ok, status_code, latency_us, error) VALUES (?, ?, ?, ?, ?, ?)", rows
    )


def uptime(tx: Tx, name: str, since_us: int) -> tuple[float, int] | None:
    """The share of probes since a time that found a service up, and when the first was; None without any."""
    up, asked, first_us = tx.execute(
        "SELECT count(*) FILTER (WHERE ok = 1), count(*), min(at_us) FROM probes "
        "WHERE name = ? AND at_us >= ?",
        (name, since_us),
    ).fetchone()
    return (up / asked, first_us) if asked else None


def last_changes(tx: Tx) -> list[tuple[str, int, int]]:
    """Name, whether it was up (1 or 0), and since when, of each service at its newest probe."""
    return tx.execute(_LAST_CHANGES).fetchall()


def prune(tx: Tx, before_us: int) -> int:
    """Deletes the results from before a time; returns how many."""
    return tx.execute("DELETE FROM probes WHERE at_us < ?", (before_us,)).rowcount


def newest(tx: Tx) -> list[tuple[str, int, int | None, int | None, str | None]]:
    """Name, whether it was up (1 or 0), status, latency in microseconds and error of each newest probe."""
    return tx.execute(
        "SELECT name, ok, status_code, latency_us, error FROM probes "
        "WHERE id IN (SELECT max(id) FROM probes GROUP BY name) ORDER BY name"
    ).fetchall()
