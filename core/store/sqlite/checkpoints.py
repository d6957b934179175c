"""Moves what was committed from the write-ahead log to the database, between two groups.

Never beside a commit: SQLite before 3.51.3 can lose commits, or damage the file, where a checkpoint begins
while a commit on another connection starts the log anew (sqlite.org/wal.html#walresetbug). So the writer's
own connection does it, in the writer's thread.
"""

from __future__ import annotations

import logging
import sqlite3
from typing import Final

logger = logging.getLogger(__name__)

# Where the log holds so many pages (16 MiB) a commit does it; only a reader that never ends holds that up.
MOST_WAL_PAGES: Final = 4_000
# Two flushes of the disk are worth it for so many groups; more of them, and the next group waits for long.
GROUPS_APART: Final = 50


class Checkpoints:
    """Counts groups, and moves them in slices of `GROUPS_APART`. Used in the writer's thread only."""

    def __init__(self) -> None:
        self._groups = 0

    def committed(self) -> None:
        """Another group is in the log."""
        self._groups += 1

    def run_if_due(self, connection: sqlite3.Connection) -> None:
        """Moves what the last groups have left, if that is enough to be worth it.

        A slice is what was committed since the one before. What a reader still needs is left for the next.
        """
        if self._groups < GROUPS_APART or connection.in_transaction:
            return
        self._groups = 0
        try:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        except sqlite3.Error as error:
            # The next commit meets the same trouble, and says so where it is seen.
            logger.warning("store.checkpoint_failed error=%s", error)
