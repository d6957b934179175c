"""Opens the database of a data folder while Helix does not run on it; the caller holds the folder's lock."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from core.files.flush import flush
from core.store.errors import DatabaseUnusable
from core.store.migrations import Migration
from core.store.sqlite.connection import BUSY_TIMEOUT_MS
from core.store.sqlite.faults import copy_faults, store_error
from core.store.sqlite.opening import Opening, leave_clean
from core.store.sqlite.scrubbing import rebuild_search


@contextmanager
def open_offline(
    path: Path, migrations: Sequence[Migration], app_version: str
) -> Iterator[sqlite3.Connection]:
    """The only connection to a database, checked and migrated; ends like a clean stop.

    Raises:
        DatabaseCorrupt, DatabaseTooNew, DatabaseUnusable: it cannot be opened, or the block cannot write.
    """
    connection = Opening(path, migrations, app_version, BUSY_TIMEOUT_MS).run()
    try:
        yield connection
        leave_clean(connection)
    except sqlite3.Error as error:
        raise DatabaseUnusable(f"{path}: {store_error(error) or _refusal(error)}") from error
    finally:
        connection.close()


@contextmanager
def open_to_erase(
    path: Path, migrations: Sequence[Migration], app_version: str
) -> Iterator[sqlite3.Connection]:
    """Like `open_offline`, in one transaction; what the block deletes or overwrites leaves the file for good.

    Raises:
        DatabaseCorrupt, DatabaseTooNew, DatabaseUnusable: as there.
    """
    with open_offline(path, migrations, app_version) as connection:
        connection.execute("PRAGMA secure_delete = ON")
        with transaction(connection):
            before = connection.total_changes
            yield connection
            if connection.total_changes > before:
                rebuild_search(connection)
        # Rewrites the whole file, and empties its log.
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


@contextmanager
def open_new_file(
    path: Path, migrations: Sequence[Migration], app_version: str
) -> Iterator[sqlite3.Connection]:
    """A new database in one transaction, which is then a single, flushed file without a log beside it.

    Raises:
        DatabaseUnusable: it cannot be made or written.
    """
    with open_offline(path, migrations, app_version) as connection, transaction(connection):
        yield connection
    with copy_faults(), closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    flush(path)


def _refusal(error: sqlite3.Error) -> str:
    return f"SQLite refused ({error}), so nothing was changed. Restore a backup, or report this."


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Commits what the block writes; rolls all of it back if the block raises."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
