"""Copies a database that is in use."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

from core.files.flush import flush
from core.store.sqlite.connection import connect_reader, create_private
from core.store.sqlite.faults import copy_faults
from core.store.tx import Tx

# Pages (4 KiB each) per step.
_PAGES_A_STEP: Final = 256


def copy_in_use(
    source: Path, target: Path, *, on_step: Callable[[int, int], None], amend: Callable[[Tx], None]
) -> None:
    """Copies a database as of one moment, by SQLite's online backup; blocks, so it runs in a thread.

    The reader keeps its snapshot during the whole copy, so writers continue and never make it start again;
    meanwhile their changes stay in the write-ahead log. In the copy the run counts as cleanly stopped.

    Args:
        source: an open database in WAL mode.
        target: a new file, mode 0600; a single file without a log beside it.
        on_step: called with pages copied and pages in all; what it raises ends the copy.
        amend: changes the copy.

    Raises:
        CopyFault: the disk is full, the database is damaged …
        OSError: the file cannot be made or flushed.
    """

    def step(_status: int, remaining: int, total: int) -> None:
        on_step(total - remaining, total)

    create_private(target)
    with copy_faults():
        reader = connect_reader(source)
        try:
            copy = sqlite3.connect(target, isolation_level=None)
            try:
                reader.execute("BEGIN")
                reader.execute("SELECT count(*) FROM sqlite_schema").fetchone()
                reader.backup(copy, pages=_PAGES_A_STEP, progress=step, sleep=0)
                # Opening the copy for writing turns the log on again.
                copy.execute("PRAGMA journal_mode = DELETE").fetchone()
                copy.execute("UPDATE meta SET value = 'stopped' WHERE key = 'run'")
                amend(copy)
            finally:
                copy.close()
        finally:
            reader.close()
    flush(target)
