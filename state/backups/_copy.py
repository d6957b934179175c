"""Makes a consistent copy of the database while others write; blocks, so it runs in a thread."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

from core.files.flush import flush
from core.store.sqlite.connection import connect_reader, create_private

# Pages (4 KiB each) per step; between steps it reports progress and checks whether to stop.
_PAGES_A_STEP: Final = 256

Stopped = Callable[[], bool]


class CopyStopped(Exception):
    """The caller cancelled the copy."""


def copy_database(
    source: Path, target: Path, *, stopped: Stopped, progress: Callable[[int, int], None]
) -> None:
    """Copies the database as of one moment, by SQLite's online backup.

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


def remove_tree(folder: Path) -> None:
    """Deletes a folder and its content; does nothing if it does not exist."""
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(folder)
