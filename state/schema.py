"""The tables that state owns (migrations 10–49) and those of webhooks. Times: microseconds, UTC."""

from __future__ import annotations

from typing import Final

from core.store.migrations import Migration
from core.webhooks.schema import WEBHOOK_MIGRATIONS
from state.alerts.schema import ALERT_MIGRATIONS
from state.backups.schema import BACKUP_MIGRATIONS
from state.contexts.schema import CONTEXT_MIGRATIONS
from state.directives.schema import DIRECTIVE_MIGRATIONS
from state.rituals.schema import RITUAL_MIGRATIONS
from state.search.schema import SEARCH_MIGRATIONS
from state.slo.schema import SLO_MIGRATIONS

STATE_MIGRATIONS: Final[tuple[Migration, ...]] = (
    Migration(
        10,
        "snapshot and journal",
        (
            """CREATE TABLE snapshot (
                id INTEGER PRIMARY KEY CHECK (id = 1),
                version INTEGER NOT NULL, changed_us INTEGER NOT NULL, source TEXT NOT NULL,
                ucf TEXT NOT NULL, reports TEXT NOT NULL
            )""",
            """CREATE TABLE journal (
                id INTEGER PRIMARY KEY AUTOINCREMENT, at_us INTEGER NOT NULL,
                kind TEXT NOT NULL, subject TEXT NOT NULL COLLATE NOCASE, actor TEXT, actor_id INTEGER,
                cause TEXT NOT NULL, reason TEXT, before TEXT, after TEXT
            )""",
            "CREATE INDEX journal_by_subject ON journal (subject, id)",
            "CREATE INDEX journal_by_kind ON journal (kind, id)",
            "CREATE INDEX journal_by_time ON journal (at_us)",
            """CREATE TABLE ucf_history (
                version INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, source TEXT NOT NULL,
                harmony REAL NOT NULL, resilience REAL NOT NULL, prana REAL NOT NULL,
                drishti REAL NOT NULL, klesha REAL NOT NULL, zoom REAL NOT NULL
            )""",
            "CREATE INDEX ucf_history_by_time ON ucf_history (at_us)",
        ),
    ),
    Migration(
        11,
        "projected files",
        (
            """CREATE TABLE projection (
                serial INTEGER PRIMARY KEY AUTOINCREMENT, file TEXT NOT NULL, hash BLOB NOT NULL,
                confirmed INTEGER NOT NULL CHECK (confirmed IN (0, 1)), UNIQUE (file, hash)
            )""",
        ),
    ),
    Migration(
        12,
        "service probes",
        (
            """CREATE TABLE probes (
                id INTEGER PRIMARY KEY AUTOINCREMENT, at_us INTEGER NOT NULL, name TEXT NOT NULL,
                ok INTEGER NOT NULL, status_code INTEGER, latency_us INTEGER, error TEXT
            )""",
            "CREATE INDEX probes_by_name ON probes (name, at_us)",
            "CREATE INDEX probes_by_time ON probes (at_us)",
        ),
    ),
    Migration(13, "folklore", ("ALTER TABLE snapshot ADD COLUMN folklore TEXT NOT NULL DEFAULT '{}'",)),
    *RITUAL_MIGRATIONS,
    *ALERT_MIGRATIONS,
    *CONTEXT_MIGRATIONS,
    *DIRECTIVE_MIGRATIONS,
    *BACKUP_MIGRATIONS,
    *SEARCH_MIGRATIONS,
    *SLO_MIGRATIONS,
    *WEBHOOK_MIGRATIONS,
)
