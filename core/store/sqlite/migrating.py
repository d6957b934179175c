"""Migrations on SQLite: each runs in one transaction with its record, after a backup."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from core.files.flush import flush
from core.store.contract import MigrationResult
from core.store.errors import DatabaseTooNew, DatabaseUnusable
from core.store.migrations import Migration
from core.store.sqlite.faults import store_error
from core.store.tx import Tx

logger = logging.getLogger(__name__)

_NOT_OF_THE_MACHINE = "Run the version of Helix that wrote it, or report this."
_BOOKKEEPING = (
    "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE IF NOT EXISTS applied_migrations
    (number INTEGER PRIMARY KEY, name TEXT NOT NULL, app_version TEXT NOT NULL)""",
)
# Tables that `PRAGMA optimize` makes; no migration does.
_STATISTICS = frozenset({("table", "sqlite_stat1"), ("table", "sqlite_stat4")})

# Type, name, table and SQL of a schema entry; SQL is None for the indexes that SQLite makes itself.
SchemaObject = tuple[str, str, str, str | None]


def migrate(
    connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration], app_version: str
) -> MigrationResult:
    """Applies the missing migrations, lowest number first.

    Every applied number is recorded, not only the highest: packages have number ranges of their own, so a new
    migration of a low range must not be taken for applied.

    Raises:
        DatabaseTooNew: a migration was applied that this program does not know.
        DatabaseUnusable: a migration failed; the database is as it was before that migration.
    """
    ordered = sorted(migrations, key=lambda migration: migration.number)
    known = {migration.number for migration in ordered}
    if len(known) != len(ordered):
        raise ValueError("two migrations share a number")
    before = int(connection.execute("PRAGMA user_version").fetchone()[0])
    applied = applied_numbers(connection)
    unknown = applied - known
    if unknown or before > max(known, default=0):
        raise _too_new(connection, path, max(unknown, default=before), app_version)
    missing = [migration for migration in ordered if migration.number not in applied]
    backup = back_up(connection, path, before) if missing and _holds_data(connection) else None
    _in_transaction(connection, _BOOKKEEPING)
    # A step that a power failure undoes is applied again; the next commit flushes them all.
    connection.execute("PRAGMA synchronous = NORMAL")
    for migration in missing:
        _apply(connection, path, migration, app_version, backup)
    connection.execute("PRAGMA synchronous = FULL")
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if missing:
        logger.info("store.migrated from=%d to=%d steps=%d", before, version, len(missing))
    return MigrationResult(version, tuple(migration.number for migration in missing), backup)


def schema_objects(tx: Tx) -> frozenset[SchemaObject]:
    """All entries of the schema, without the tables of SQLite's own statistics."""
    rows = tx.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema").fetchall()
    return frozenset(row for row in rows if (row[0], row[1]) not in _STATISTICS)


def expected_schema(migrations: Sequence[Migration]) -> frozenset[SchemaObject]:
    """What `schema_objects` returns for a database with exactly these migrations."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for statement in _BOOKKEEPING:
            connection.execute(statement)
        run_all(connection, migrations)
        return schema_objects(connection)


def run_all(connection: sqlite3.Connection, migrations: Sequence[Migration]) -> None:
    """Runs the statements of all migrations in order, without the record of them."""
    for migration in sorted(migrations, key=lambda migration: migration.number):
        for statement in migration.statements:
            connection.execute(statement)


def back_up(connection: sqlite3.Connection, path: Path, version: int) -> Path:
    """Writes a full, flushed copy, `<name>.v<version>.bak` with mode 0600; replaces an older one."""
    target = path.with_name(f"{path.name}.v{version}.bak")
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    os.close(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    try:
        copy = sqlite3.connect(partial, isolation_level=None)
        try:
            connection.backup(copy)
        finally:
            copy.close()
        flush(partial)
        partial.replace(target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    flush(path.parent)
    logger.info("store.backup path=%s bytes=%d", target.name, target.stat().st_size)
    return target


def _apply(
    connection: sqlite3.Connection, path: Path, migration: Migration, app_version: str, backup: Path | None
) -> None:
    number = migration.number
    highest = max(number, int(connection.execute("PRAGMA user_version").fetchone()[0]))
    try:
        connection.execute("BEGIN IMMEDIATE")
        for statement in migration.statements:
            connection.execute(statement)
        connection.execute(
            "INSERT INTO applied_migrations (number, name, app_version) VALUES (?, ?, ?)",
            (number, migration.name, app_version),
        )
        connection.execute(f"PRAGMA user_version = {highest}")
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        kept = f" A copy from before is {backup}." if backup else ""
        raise DatabaseUnusable(
            f"{path}: schema step {number} ({migration.name}) failed: {error}. The database is as it was "
            f"before this step.{kept} {store_error(error) or _NOT_OF_THE_MACHINE}"
        ) from error
    logger.debug("store.migrated_step number=%d name=%s", number, migration.name)


def _in_transaction(connection: sqlite3.Connection, statements: Sequence[str]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in statements:
            connection.execute(statement)
        connection.execute("COMMIT")
    except sqlite3.Error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _table_exists(tx: Tx, table: str) -> bool:
    found = tx.execute("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", (table,))
    return found.fetchone() is not None


def applied_numbers(tx: Tx) -> set[int]:
    """The numbers of the migrations that a database records."""
    if not _table_exists(tx, "applied_migrations"):
        return set()
    return {int(row[0]) for row in tx.execute("SELECT number FROM applied_migrations")}


def _holds_data(connection: sqlite3.Connection) -> bool:
    return (
        connection.execute("SELECT 1 FROM sqlite_schema WHERE type = 'table' LIMIT 1").fetchone() is not None
    )


def _too_new(connection: sqlite3.Connection, path: Path, number: int, app_version: str) -> DatabaseTooNew:
    row = None
    if _table_exists(connection, "meta"):
        row = connection.execute("SELECT value FROM meta WHERE key = 'app_version'").fetchone()
    writer = f"Helix {row[0]}" if row else "a later version of Helix"
    return DatabaseTooNew(
        f"{path} was last written by {writer} (schema step {number}), which is newer than this Helix "
        f"{app_version}. Run {writer} or later, or restore an earlier copy ({path.name}.v*.bak)."
    )
