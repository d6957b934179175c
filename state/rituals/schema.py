"""The tables of rituals and schedules (migrations 14–17)."""

from __future__ import annotations

from typing import Final

from core.store.migrations import Migration

RITUAL_MIGRATIONS: Final[tuple[Migration, ...]] = (
    Migration(
        14,
        "rituals",
        (
            """CREATE TABLE rituals (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                kind TEXT NOT NULL, steps INTEGER NOT NULL, seed INTEGER NOT NULL, algorithm INTEGER NOT NULL,
                status TEXT NOT NULL, started_us INTEGER NOT NULL, ended_us INTEGER,
                step INTEGER NOT NULL DEFAULT 0, key TEXT, place TEXT, start TEXT NOT NULL, finish TEXT,
                cause TEXT NOT NULL, actor TEXT, actor_id INTEGER,
                ended_cause TEXT, ended_by TEXT, ended_by_id INTEGER, reason TEXT
            )""",
            "CREATE UNIQUE INDEX rituals_by_key ON rituals (key) WHERE status = 'done'",
            "CREATE INDEX rituals_by_place ON rituals (place, id) WHERE place IS NOT NULL",
            "CREATE INDEX rituals_running ON rituals (id) WHERE status = 'running'",
        ),
    ),
    Migration(
        15,
        "schedules",
        (
            """CREATE TABLE schedules (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                rule TEXT NOT NULL, steps INTEGER NOT NULL, created_us INTEGER NOT NULL,
                next_us INTEGER NOT NULL, last_us INTEGER, last_ritual INTEGER,
                cause TEXT NOT NULL, actor TEXT, actor_id INTEGER
            )""",
        ),
    ),
    Migration(
        16,
        "rituals by person",
        ("CREATE INDEX rituals_by_actor ON rituals (actor_id, id) WHERE actor_id IS NOT NULL",),
    ),
)
