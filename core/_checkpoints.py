"""Moves what was committed from the write-ahead log to the database, beside the writer, not in its way."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable
from typing import Final

logger = logging.getLogger(__name__)

# Where the log holds so many pages (16 MiB) a commit does it after all; only a reader that never ends holds
# that up.
MOST_WAL_PAGES: Final = 4_000
# A pass costs two flushes of the disk, so it is worth it for so many groups, and not too often.
GROUPS_APART: Final = 50
_APART_S: Final = 0.25
# What is committed during a pass is left; so many more, each shorter, and the log can begin anew.
_PASSES: Final = 3


class Checkpoints:
    """A thread with a connection of its own. SQLite would do it inside every 1000th page's commit.

    Args:
        connect: opens the connection; called in the thread.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._groups = 0
        self._due = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="helix-store-checkpoints", daemon=True)

    def start(self) -> None:
        """The database must be open by now."""
        self._thread.start()

    def stop(self) -> None:
        """Returns when the pass under way is over; blocks until then. May be called twice, or unstarted."""
        self._stopping.set()
        self._due.set()
        if self._thread.ident is not None:
            self._thread.join()

    def committed(self) -> None:
        """Writer thread: another group is in the log."""
        self._groups += 1
        if self._groups >= GROUPS_APART:
            self._groups = 0
            self._due.set()

    def _run(self) -> None:
        connection: sqlite3.Connection | None = None
        try:
            while True:
                self._due.wait()
                # Before looking whether it is to stop: a wake-up that comes with that must not be wiped out.
                self._due.clear()
                if self._stopping.is_set():
                    return
                try:
                    connection = connection or self._connect()
                    _checkpoint(connection)
                except sqlite3.Error as error:
                    # The writer meets the same trouble, and says so where it is seen.
                    logger.warning("store.checkpoint_failed error=%s", error)
                self._stopping.wait(_APART_S)
        finally:
            if connection is not None:
                connection.close()


def _checkpoint(connection: sqlite3.Connection) -> None:
    for _ in range(_PASSES):
        # PASSIVE neither waits for anybody nor holds anybody up.
        _, in_log, moved = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        if moved >= in_log:
            return
