"""A consistent copy of the database, taken while others write; works in a thread of its own."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

from core.files.flush import flush
from core.store.sqlite.connection import connect_reader, create_private

# So many pages (4 KiB each) a step; between two steps a stop is heard and progress is told.
_PAGES_A_STEP: Final = 256

Stopped = Callable[[], bool]


class CopyStopped(Exception):
    """Whoever asked for the copy does not want it any more."""


def copy_database(
    source: Path, target: Path, *, stopped: Stopped, progress: Callable[[int, int], None]
) -> None:
    """Copies the database as it is at one moment, by SQLite's online backup.

    The reader holds its snapshot from the first step to the last, so writers go on and never make the copy
    begin anew; what they write stays in the write-ahead log for so long.

    Args:
        source: an open database in WAL mode.
        target: a new file, mode 0600.
        stopped: asked between the steps.
        progress: told pages copied and pages in all.

    Raises:
        CopyStopped: `stopped` said so.
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
        # A plain file without a log beside it; whoever restores it turns the log on again.
        copy.execute("PRAGMA journal_mode = DELETE").fetchone()
        with copy:
            # The copy was not stopped uncleanly, and the backup that it is part of is not in it.
            copy.execute("UPDATE meta SET value = 'stopped' WHERE key = 'run'")
            copy.execute("DELETE FROM backups WHERE status = 'making'")
    finally:
        copy.close()
        reader.close()
    flush(target)


def remove_tree(folder: Path) -> None:
    """Removes a folder of ours with what is in it; one that is not there is fine."""
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(folder)
