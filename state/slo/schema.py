"""The table of counts behind the objectives (migration 40)."""

from __future__ import annotations

from typing import Final

from core.store.migrations import Migration

SLO_MIGRATIONS: Final[tuple[Migration, ...]] = (
    Migration(
        40,
        "measured minutes",
        (
            """CREATE TABLE slo_minutes (
                id INTEGER PRIMARY KEY AUTOINCREMENT, at_us INTEGER NOT NULL, span_us INTEGER NOT NULL,
                sums TEXT NOT NULL
            )""",
            "CREATE INDEX slo_minutes_by_time ON slo_minutes (at_us)",
        ),
    ),
)
