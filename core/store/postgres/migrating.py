"""Brings the schema up to date: all missing migrations in one transaction, one process at a time."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any, Final

import psycopg

from core.store.contract import MigrationResult
from core.store.errors import DatabaseTooNew, DatabaseUnusable
from core.store.migrations import Migration
from core.store.postgres.ddl import SHARED_TABLES, for_postgres
from core.store.postgres.faults import fault

logger = logging.getLogger(__name__)

# The first half of the keys of Helix's advisory locks in each database; the schema is the other half.
_MIGRATION_LOCK: Final = b"SELECT pg_advisory_xact_lock(1212501065, hashtext(current_schema()))"
_BOOKKEEPING: Final = (
    'CREATE TABLE IF NOT EXISTS meta (key TEXT COLLATE "C" PRIMARY KEY, value TEXT COLLATE "C" NOT NULL)',
    """CREATE TABLE IF NOT EXISTS applied_migrations
    (number BIGINT PRIMARY KEY, name TEXT COLLATE "C" NOT NULL, app_version TEXT COLLATE "C" NOT NULL)""",
)
_REMEMBER: Final = (
    b"INSERT INTO meta (key, value) VALUES ('app_version', %s) "
    b"ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)


def migrate(
    connection: psycopg.Connection[Any], migrations: Sequence[Migration], app_version: str
) -> MigrationResult:
    """Applies the missing migrations, lowest number first; waits while another process does so.

    Raises:
        DatabaseTooNew: a migration was applied that this program does not know.
        DatabaseUnusable: a migration failed; the database is as it was before.
    """
    known = {migration.number for migration in migrations}
    if len(known) != len(migrations):
        raise ValueError("two migrations share a number")
    with connection.transaction():
        # An index of a large table may take longer than a change is allowed to.
        connection.execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '60s'")
        connection.execute(_MIGRATION_LOCK)
        applied = _applied(connection)
        if unknown := applied - known:
            raise _too_new(connection, max(unknown), app_version)
        missing = sorted(
            (migration for migration in migrations if migration.number not in applied),
            key=lambda migration: migration.number,
        )
        _run_all(connection, "bookkeeping", (*_BOOKKEEPING, *SHARED_TABLES))
        # All of them, since a new index may name a column of an old table.
        texts = for_postgres(migrations) if missing else {}
        for migration in missing:
            _run_all(connection, f"{migration.number} ({migration.name})", texts[migration.number])
            connection.execute(
                "INSERT INTO applied_migrations (number, name, app_version) VALUES (%s, %s, %s)",
                (migration.number, migration.name, app_version),
            )
        connection.execute(_REMEMBER, (app_version,))
    numbers = tuple(migration.number for migration in missing)
    version = max(applied.union(numbers), default=0)
    if missing:
        logger.info("store.migrated from=%d to=%d steps=%d", max(applied, default=0), version, len(missing))
    return MigrationResult(version, numbers, None)


def _run_all(connection: psycopg.Connection[Any], step: str, statements: Iterable[str]) -> None:
    try:
        for statement in statements:
            connection.execute(statement.encode())
    except psycopg.errors.InsufficientPrivilege as error:
        raise DatabaseUnusable(
            f"The account of DATABASE_URL may not make tables ({_said(error)}). Let it own the database "
            "(ALTER DATABASE … OWNER TO …), or GRANT CREATE ON SCHEMA public to it."
        ) from error
    except psycopg.Error as error:
        advice = fault(error) or "Run the version of Helix that wrote it, or report this."
        raise DatabaseUnusable(
            f"Schema step {step} failed: {_said(error)}. The database is as it was before. {advice}"
        ) from error


def _said(error: psycopg.Error) -> str:
    return " ".join(str(error).split())


def _applied(connection: psycopg.Connection[Any]) -> set[int]:
    if connection.execute("SELECT to_regclass('applied_migrations')").fetchone() == (None,):
        return set()
    return {int(row[0]) for row in connection.execute("SELECT number FROM applied_migrations")}


def _too_new(connection: psycopg.Connection[Any], number: int, app_version: str) -> DatabaseTooNew:
    row = connection.execute("SELECT value FROM meta WHERE key = 'app_version'").fetchone()
    writer = f"Helix {row[0]}" if row else "a later version of Helix"
    return DatabaseTooNew(
        f"The database was last written by {writer} (schema step {number}), which is newer than this Helix "
        f"{app_version}. Run {writer} or later, or restore an earlier backup into an empty database."
    )
