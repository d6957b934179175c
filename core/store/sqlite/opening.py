"""Opens and closes the database: checks, migrations, and the mark of a clean stop."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from core.files.size import file_size
from core.store.contract import Recovery
from core.store.migrations import Migration
from core.store.sqlite.connection import (
    QUICK_CHECK_BYTES,
    check_integrity,
    connect_writer,
    create_private,
    opening_error,
)
from core.store.sqlite.files import StoreFiles, wal_path
from core.store.sqlite.migrating import migrate

_RUNNING: Final = "running"
_STOPPED: Final = "stopped"


class Opening:
    """Opens the database in the writer thread and keeps what it found.

    Attributes:
        files: the opened files, once `run` has returned.
    """

    def __init__(
        self, path: Path, migrations: Sequence[Migration], app_version: str, busy_timeout_ms: int
    ) -> None:
        self.files = StoreFiles(path)
        self._path = path
        self._migrations = migrations
        self._app_version = app_version
        self._busy_timeout_ms = busy_timeout_ms
        self._recovery: Recovery | None = None

    def recovery(self) -> Recovery:
        """What `run` found and repaired; call it after `run`."""
        if self._recovery is None:
            raise RuntimeError("the database was not opened")
        return self._recovery

    def run(self) -> sqlite3.Connection:
        """Returns the open connection; raises the start errors of `SqliteStore.open`."""
        try:
            first_start = file_size(self._path) == 0
            wal_bytes = file_size(wal_path(self._path))
            create_private(self._path)
            connection = connect_writer(self._path, self._busy_timeout_ms)
        except (OSError, sqlite3.Error) as error:
            raise opening_error(error, self._path) from error
        try:
            self._recovery = self._recover(connection, first_start=first_start, wal_bytes=wal_bytes)
            self.files.remember()
        except (OSError, sqlite3.Error) as error:
            connection.close()
            raise opening_error(error, self._path) from error
        except BaseException:
            connection.close()
            raise
        return connection

    def _recover(self, connection: sqlite3.Connection, *, first_start: bool, wal_bytes: int) -> Recovery:
        unclean = _meta(connection, "run") == _RUNNING
        checked = unclean or file_size(self._path) <= QUICK_CHECK_BYTES
        if checked:
            check_integrity(connection, self._path)
        migration = migrate(connection, self._path, self._migrations, self._app_version)
        unclean_stops = _count(_meta(connection, "unclean_stops")) + unclean
        _set_meta(connection, app_version=self._app_version, run=_RUNNING, unclean_stops=str(unclean_stops))
        return Recovery(first_start, unclean, unclean_stops, wal_bytes, checked, migration)


def leave_clean(connection: sqlite3.Connection) -> None:
    """Marks the stop as clean and empties the write-ahead log."""
    _set_meta(connection, run=_STOPPED)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _meta(connection: sqlite3.Connection, key: str) -> str | None:
    if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'meta'").fetchone() is None:
        return None
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return None if row is None else str(row[0])


def _count(text: str | None) -> int:
    """The stored counter; 0 if it is invalid, which must not prevent opening the database."""
    return int(text) if text is not None and text.isascii() and text.isdigit() else 0


def _set_meta(connection: sqlite3.Connection, **values: str) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        list(values.items()),
    )
    connection.execute("COMMIT")
