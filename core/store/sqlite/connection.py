"""Opens SQLite connections with the settings that are safe here, and makes opening errors readable."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Final

from core.errors import StartError
from core.store.errors import DatabaseCorrupt, DatabaseUnusable
from core.store.sqlite.checkpoints import MOST_WAL_PAGES
from core.store.sqlite.faults import primary_code

BUSY_TIMEOUT_MS: Final = 5_000
# Checking a file of this size takes under 100 ms; a larger one is checked only after an unclean stop.
QUICK_CHECK_BYTES: Final = 32 * 1024 * 1024

_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def _require_wal(connection: sqlite3.Connection, path: Path) -> None:
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise DatabaseUnusable(
            f"{path}: the file system does not support a write-ahead log (journal mode stays {mode!r}). "
            "Set HELIX_DATA_DIR to a folder on a local disk."
        )


def create_private(path: Path) -> None:
    """Creates a missing database file with mode 0600, which SQLite's side files inherit.

    The journal names people, so only the account that runs Helix may read it.
    """
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))


def connect_writer(path: Path, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> sqlite3.Connection:
    """The only connection that writes: WAL, every commit flushed to disk, foreign keys on."""
    connection = _connect(path, busy_timeout_ms)
    try:
        _require_wal(connection, path)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA wal_autocheckpoint = {MOST_WAL_PAGES}")
        # Without this, SQLite puts a savepoint's old pages over 64 KiB into a temporary file.
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def connect_reader(path: Path, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> sqlite3.Connection:
    """A read-only connection; used by one thread at a time, not always the same one."""
    connection = _connect(path, busy_timeout_ms, check_same_thread=False)
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _connect(path: Path, busy_timeout_ms: int, *, check_same_thread: bool = True) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=check_same_thread)
    connection.execute(f"PRAGMA busy_timeout = {busy_timeout_ms}")
    return connection


def check_integrity(connection: sqlite3.Connection, path: Path) -> None:
    """Raises DatabaseCorrupt if SQLite's quick check finds an inconsistency."""
    rows = connection.execute("PRAGMA quick_check(3)").fetchall()
    problems = [str(row[0]) for row in rows if row[0] != "ok"]
    if problems:
        raise DatabaseCorrupt(_damaged_text(path, problems[0]))


def opening_error(error: sqlite3.Error | OSError, path: Path) -> StartError:
    """The start error for an error that SQLite or the system raised while opening the database."""
    if isinstance(error, OSError):
        return DatabaseUnusable(
            f"{path}: {error.strerror or error}. Set HELIX_DATA_DIR to a folder that Helix can write to."
        )
    code = primary_code(error)
    if code in _DAMAGED:
        return DatabaseCorrupt(_damaged_text(path, str(error)))
    if code == sqlite3.SQLITE_BUSY:
        return DatabaseUnusable(
            f"{path} is locked by another program ({error}). "
            "Close it, or set HELIX_DATA_DIR to another folder."
        )
    if code == sqlite3.SQLITE_FULL:
        return DatabaseUnusable(
            f"{path}: the disk is full. Free space, or set HELIX_DATA_DIR to a folder on another disk."
        )
    return DatabaseUnusable(
        f"{path} cannot be opened ({error}). Set HELIX_DATA_DIR to a folder that Helix can write to."
    )


def _damaged_text(path: Path, detail: str) -> str:
    return (
        f"{path} is damaged ({detail}). Nothing was changed. Stop Helix, keep a copy of the file with its "
        f"-wal and -shm neighbours, then put a backup in its place (see {path.name}.v*.bak beside it), "
        "or move all three away to start empty."
    )
