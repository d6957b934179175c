"""The tables that core owns (migrations 1–9)."""

from __future__ import annotations

from typing import Final

from core.store.migrations import Migration

CORE_MIGRATIONS: Final = (
    Migration(
        1,
        "remembered values",
        (
            """CREATE TABLE remembered (
                scope TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, updated_at TEXT NOT NULL,
                PRIMARY KEY (scope, key)
            ) WITHOUT ROWID""",
        ),
    ),
)
