"""The tables of directives (migrations 24–26)."""

from __future__ import annotations

from typing import Final

from core.store.migrations import Migration

DIRECTIVE_MIGRATIONS: Final[tuple[Migration, ...]] = (
    Migration(
        24,
        "directives",
        (
            """CREATE TABLE directives (
                id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT UNIQUE,
                text TEXT NOT NULL, action TEXT NOT NULL, arguments TEXT NOT NULL,
                rank INTEGER NOT NULL, cause TEXT NOT NULL, actor TEXT, actor_id INTEGER,
                status TEXT NOT NULL, result TEXT, attempts INTEGER NOT NULL DEFAULT 0,
                queued_us INTEGER NOT NULL, started_us INTEGER, finished_us INTEGER
            )""",
            "CREATE INDEX directives_by_status ON directives (status, id)",
            "CREATE INDEX directives_by_asker ON directives (actor_id, cause, queued_us)",
            """CREATE TABLE directive_log (
                id INTEGER PRIMARY KEY AUTOINCREMENT, at_us INTEGER NOT NULL, text TEXT NOT NULL,
                directive INTEGER NOT NULL REFERENCES directives (id) ON DELETE CASCADE
            )""",
            "CREATE INDEX directive_log_by_directive ON directive_log (directive, id)",
            """CREATE TABLE manus (
                id INTEGER PRIMARY KEY CHECK (id = 1),
                since_us INTEGER NOT NULL, cause TEXT NOT NULL, actor TEXT, actor_id INTEGER, reason TEXT
            )""",
        ),
    ),
)
