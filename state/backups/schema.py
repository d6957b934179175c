"""The tables of backups (migrations 27–29)."""

from __future__ import annotations

from typing import Final

from core.store.migrations import Migration

BACKUP_MIGRATIONS: Final[tuple[Migration, ...]] = (
    Migration(
        27,
        "backups",
        (
            """CREATE TABLE backups (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                status TEXT NOT NULL CHECK (status IN ('making', 'good', 'unchecked', 'bad')),
                file TEXT NOT NULL, begun_us INTEGER NOT NULL, finished_us INTEGER,
                size_bytes INTEGER NOT NULL DEFAULT 0, sha256 TEXT NOT NULL DEFAULT '',
                cause TEXT NOT NULL, actor TEXT, actor_id INTEGER,
                checked_us INTEGER, detail TEXT NOT NULL DEFAULT ''
            )""",
        ),
    ),
)
