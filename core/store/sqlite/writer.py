"""The writer on SQLite: opens the file, commits groups, and moves the log into the file between them."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from typing import Any, Final

from core.store.contract import Participant
from core.store.engine.write_queue import WriteQueue
from core.store.engine.write_request import Request
from core.store.errors import StoreError, StoreGone
from core.store.sqlite.checkpoints import Checkpoints
from core.store.sqlite.group_commit import GroupCommit, readable

logger = logging.getLogger(__name__)


class SqliteWriter:
    """The engine of the write queue, on the only connection that writes.

    Args:
        queue: is told what became of each group.
        prepare: opens the connection; runs in the writer's thread.
        finish: runs in the writer's thread before the connection is closed, unless the writer failed.
        gone: runs on the event loop; a sentence on why writes would be lost, else None.
    """

    idle_s: Final = None
    # Set by `open`.
    _connection: sqlite3.Connection
    _commits: GroupCommit

    def __init__(
        self,
        queue: WriteQueue,
        *,
        prepare: Callable[[], sqlite3.Connection],
        finish: Callable[[sqlite3.Connection], None],
        gone: Callable[[], str | None],
    ) -> None:
        self._queue = queue
        self._prepare = prepare
        self._finish = finish
        self._gone = gone
        self._checkpoints = Checkpoints()
        self._participants: list[Participant] = []

    def add_participant(self, participant: Participant) -> None:
        """Registers state to restore when a savepoint or a group fails; call before its first write."""
        self._participants.append(participant)

    def open(self) -> None:
        """Opens the connection; raises what `prepare` raises."""
        self._connection = self._prepare()
        self._commits = GroupCommit(
            self._connection,
            self._participants,
            on_success=self._note_success,
            on_failure=lambda cause: self._queue.note_failure(readable(cause)),
        )

    def commit(self, group: list[Request[Any]]) -> list[Request[Any]]:
        """Commits as much of a group as its time allows; returns the rest."""
        return self._commits.commit(group)

    def rest(self) -> None:
        """Runs a checkpoint if one is due."""
        self._checkpoints.run_if_due(self._connection)

    def close(self, *, clean: bool) -> None:
        """Marks the stop as clean, unless the writer failed, and closes the connection."""
        try:
            if clean:
                self._finish(self._connection)
        except sqlite3.Error as error:
            # Everything is committed. The next start treats this as a crash and checks all pages.
            logger.warning("store.not_left_clean error=%s", error)
        finally:
            self._connection.close()

    def refusal(self) -> StoreError | None:
        """Event loop: the error for changes while the file is gone."""
        gone = self._gone()
        return None if gone is None else StoreGone(gone)

    def loss(self) -> StoreError | None:
        """Event loop: the same for changes that were committed meanwhile.

        Asked on the event loop, since the writer's thread would wait for the interpreter lock at each look.
        """
        return self.refusal()

    def _note_success(self, size: int, took_s: float) -> None:
        self._checkpoints.committed()
        self._queue.note_success(size, took_s)
