"""What is backed up, the check for free space, and the copy of the database."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from core.errors import HelixError
from core.files.flush import flush
from core.store.migrations import Migration
from core.store.sqlite.connection import connect_reader, create_private

OnProgress = Callable[[int, int, str], None]
Stopped = Callable[[], bool]

_SPARE_BYTES: Final = 16 * 1024 * 1024
# Pages (4 KiB each) per step; between steps it reports progress and checks whether to stop.
_PAGES_A_STEP: Final = 256


class BackupRefused(HelixError):
    """A backup cannot be made now; the text says why and what to do."""


class CopyStopped(Exception):
    """The caller cancelled the copy."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """What is backed up, and what must not be in it.

    Attributes:
        database: the database in use.
        folder: the data folder, with the files that people edit.
        secrets: all forms of the settings' secrets.
        migrations: all migrations that this Helix knows.
    """

    database: Path
    folder: Path
    secrets: tuple[str, ...]
    migrations: tuple[Migration, ...]


def check_room(source: Source) -> None:
    """Checks that the disk has space for a copy and its archive.

    Raises:
        BackupRefused: it has not; with the numbers.
    """
    wal = source.database.with_name(source.database.name + "-wal")
    size = source.database.stat().st_size + (wal.stat().st_size if wal.exists() else 0)
    needed, free = 2 * size + _SPARE_BYTES, shutil.disk_usage(source.folder).free
    if needed > free:
        raise BackupRefused(
            f"There is not enough space for a backup: it needs {needed / 2**20:,.1f} MiB, and the disk of "
            f"the data folder has {free / 2**20:,.1f} MiB free. Free space there, then try again."
        )


def copy_database(
    source: Path, target: Path, *, stopped: Stopped, progress: Callable[[int, int], None]
) -> None:
    """Copies the database as of one moment, by SQLite's online backup; blocks, so it runs in a thread.

    The reader keeps its snapshot during the whole copy, so writers continue and never make it start again;
    meanwhile their changes stay in the write-ahead log.

    Args:
        source: an open database in WAL mode.
        target: a new file, mode 0600.
        stopped: asked between steps; True ends the copy.
        progress: called with pages copied and pages in all.

    Raises:
        CopyStopped: `stopped` returned True.
        sqlite3.Error, OSError: the disk is full, the database is damaged …
    """

    def step(_status: int, remaining: int, total: int) -> None:
        if stopped():
            raise CopyStopped
        progress(total - remaining, total)

    create_private(target)
    reader = connect_reader(source)
    copy = sqlite3.connect(target, isolation_level=None)
    try:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        reader.backup(copy, pages=_PAGES_A_STEP, progress=step, sleep=0)
        # A single file without a log beside it; a restore turns the log on again.
        copy.execute("PRAGMA journal_mode = DELETE").fetchone()
        with copy:
            # In the copy, the run counts as cleanly stopped, and the unfinished backup does not exist.
            copy.execute("UPDATE meta SET value = 'stopped' WHERE key = 'run'")
            copy.execute("DELETE FROM backups WHERE status = 'making'")
    finally:
        copy.close()
        reader.close()
    flush(target)
