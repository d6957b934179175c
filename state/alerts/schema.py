"""The tables of alerts and forecasts (migrations 18–20 and 22)."""

from __future__ import annotations

from typing import Final

from core.store.migrations import Migration

ALERT_MIGRATIONS: Final[tuple[Migration, ...]] = (
    Migration(
        18,
        "alerts",
        (
            """CREATE TABLE alerts (
                id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, severity TEXT NOT NULL,
                summary TEXT NOT NULL, detail TEXT NOT NULL, metric TEXT, value REAL,
                raised_us INTEGER NOT NULL, acked_us INTEGER, acked_by TEXT, acked_by_id INTEGER,
                cleared_us INTEGER
            )""",
            "CREATE UNIQUE INDEX alerts_open_by_key ON alerts (key) WHERE cleared_us IS NULL",
            "CREATE INDEX alerts_by_time ON alerts (raised_us)",
        ),
    ),
    Migration(
        19,
        "muted metrics",
        ("CREATE TABLE alert_mutes (metric TEXT PRIMARY KEY, until_us INTEGER NOT NULL)",),
    ),
    Migration(
        20,
        "forecasts",
        (
            """CREATE TABLE forecasts (
                id INTEGER PRIMARY KEY AUTOINCREMENT, metric TEXT NOT NULL, made_us INTEGER NOT NULL,
                for_us INTEGER NOT NULL, value REAL NOT NULL, low REAL NOT NULL, high REAL NOT NULL,
                actual REAL
            )""",
            "CREATE INDEX forecasts_by_moment ON forecasts (for_us)",
        ),
    ),
    Migration(
        22,
        "when a metric was muted",
        ("ALTER TABLE alert_mutes ADD COLUMN set_us INTEGER",),
    ),
)
