"""The tables of webhooks (migrations 70–79). Times are microseconds since 1970, UTC."""

from __future__ import annotations

from typing import Final

from core.store.migrations import Migration
from core.store.tx import Sql

WEBHOOK_MIGRATIONS: Final[tuple[Migration, ...]] = (
    Migration(
        70,
        "inbox",
        (
            """CREATE TABLE inbox (
                seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL,
                received_us INTEGER NOT NULL, key TEXT UNIQUE, digest BLOB NOT NULL, data BLOB NOT NULL
            )""",
            """CREATE TABLE handling (
                event INTEGER NOT NULL REFERENCES inbox (seq) ON DELETE CASCADE, handler TEXT NOT NULL,
                status TEXT NOT NULL CHECK (status IN ('accepted', 'processing', 'failed', 'done', 'dead')),
                attempts INTEGER NOT NULL DEFAULT 0, first_us INTEGER, next_us INTEGER NOT NULL,
                finished_us INTEGER, error TEXT, result TEXT,
                PRIMARY KEY (event, handler)
            ) WITHOUT ROWID""",
            """CREATE INDEX handling_due ON handling (handler, next_us, event)
                WHERE status IN ('accepted', 'failed')""",
            "CREATE INDEX handling_begun ON handling (event) WHERE status = 'processing'",
            "CREATE INDEX handling_dead ON handling (event) WHERE status = 'dead'",
        ),
    ),
    Migration(
        71,
        "outbox",
        (
            """CREATE TABLE outbox (
                seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL,
                at_us INTEGER NOT NULL, payload BLOB NOT NULL
            )""",
            "CREATE INDEX outbox_by_type ON outbox (type, seq)",
            """CREATE TABLE deliveries (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                event INTEGER NOT NULL REFERENCES outbox (seq) ON DELETE CASCADE, destination TEXT NOT NULL,
                status TEXT NOT NULL CHECK (status IN ('waiting', 'delivered', 'dead')),
                attempts INTEGER NOT NULL DEFAULT 0, created_us INTEGER NOT NULL, next_us INTEGER NOT NULL,
                finished_us INTEGER, last_status INTEGER, last_error TEXT, receipt TEXT
            )""",
            "CREATE INDEX deliveries_due ON deliveries (destination, next_us) WHERE status = 'waiting'",
            "CREATE INDEX deliveries_dead ON deliveries (finished_us) WHERE status = 'dead'",
            "CREATE INDEX deliveries_by_event ON deliveries (event)",
            """CREATE TABLE attempts (
                delivery INTEGER NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
                number INTEGER NOT NULL, at_us INTEGER NOT NULL, took_us INTEGER NOT NULL,
                status INTEGER, error TEXT, PRIMARY KEY (delivery, number)
            ) WITHOUT ROWID""",
        ),
    ),
    Migration(
        72,
        "destinations",
        (
            """CREATE TABLE subscriptions (
                id TEXT PRIMARY KEY, event TEXT NOT NULL, url TEXT NOT NULL, secret TEXT NOT NULL,
                created_us INTEGER NOT NULL
            ) WITHOUT ROWID""",
            "CREATE INDEX subscriptions_by_event ON subscriptions (event)",
            """CREATE TABLE destination_state (
                destination TEXT PRIMARY KEY, failing_since_us INTEGER, disabled_us INTEGER, disabled_why TEXT
            ) WITHOUT ROWID""",
        ),
    ),
    Migration(
        73,
        "dead letters told",
        (
            "ALTER TABLE deliveries ADD COLUMN told_us INTEGER",
            "ALTER TABLE destination_state ADD COLUMN told_us INTEGER",
            "CREATE INDEX deliveries_told ON deliveries (told_us) WHERE status = 'dead'",
        ),
    ),
    Migration(
        74,
        "bodies taken once",
        (
            "ALTER TABLE inbox ADD COLUMN body_key TEXT",
            "CREATE UNIQUE INDEX inbox_body_key ON inbox (body_key) WHERE body_key IS NOT NULL",
        ),
    ),
    Migration(
        75,
        "payloads of GitHub emptied",
        (
            # Payloads were stored whole, with e-mail addresses. Those not announced yet are kept.
            Sql(
                sqlite="""UPDATE inbox SET data = CAST(json_object(
                'event', json_extract(CAST(data AS TEXT), '$.event'), 'payload', json('{}')) AS BLOB)
                WHERE type = 'github' AND json_valid(CAST(data AS TEXT))
                AND seq NOT IN (SELECT event FROM handling WHERE status <> 'done')""",
                # No database on PostgreSQL is that old.
                postgres="SELECT 1",
            ),
        ),
    ),
)
