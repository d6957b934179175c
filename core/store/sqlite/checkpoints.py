"""Checkpoints: moves committed pages from the write-ahead log to the database, between two groups.

Never at the same time as a commit: SQLite before 3.51.3 can lose commits or damage the file if a checkpoint
begins while a commit on another connection restarts the log (sqlite.org/wal.html#walresetbug). So the
writer's own connection runs checkpoints, in the writer's thread.
"""

from __future__ import annotations

import logging
import sqlite3
from typing import Final

logger = logging.getLogger(__name__)

# At this many pages (16 MiB) SQLite runs a checkpoint in the commit; only a long read lets it get there.
MOST_WAL_PAGES: Final = 4_000
# A checkpoint costs two flushes, so not after every group; with more groups, the next one waits longer.
GROUPS_APART: Final = 50


class Checkpoints:
    """Counts groups and runs a checkpoint after every `GROUPS_APART`. Used in the writer's thread only."""

    def __init__(self) -> None:
        self._groups = 0

    def committed(self) -> None:
        """Counts one group that was committed to the log."""
        self._groups += 1

    def run_if_due(self, connection: sqlite3.Connection) -> None:
        """Runs a checkpoint if enough groups have been committed since the last one.

        Pages that a reader still needs are left for the next checkpoint.
        """
        if self._groups < GROUPS_APART or connection.in_transaction:
            return
        self._groups = 0
        try:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        except sqlite3.Error as error:
            # The next commit meets the same fault and reports it.
            logger.warning("store.checkpoint_failed error=%s", error)
