"""Group commit: many requests in one transaction, each in a savepoint; success is reported after the COMMIT.

Adjacent requests of the same kind share a savepoint and a call: between two statements this thread has to get
the interpreter lock back from a busy event loop, which takes longer than most statements.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from core.store.contract import Participant
from core.store.engine.participants import capture, restore
from core.store.engine.write_request import Request, neighbours, run_neighbours, run_together
from core.store.errors import StoreError
from core.store.sqlite.faults import primary_code, store_error

# A group is closed after this long, so that its first caller does not wait for all later ones.
GROUP_TIME_S: Final = 0.05

# The comments make these texts unique to the writer: a work function's plain COMMIT has no prepared statement
# in the connection's cache, so it is compiled, and the authorizer refuses it.
_BEGIN: Final = "BEGIN IMMEDIATE /* writer */"
_COMMIT: Final = "COMMIT /* writer */"
_ROLLBACK: Final = "ROLLBACK /* writer */"
_SAVEPOINT: Final = "SAVEPOINT helix_request"
_RELEASE: Final = "RELEASE helix_request"
_ROLLBACK_TO: Final = "ROLLBACK TO helix_request"


class _TransactionGone(Exception):
    """The group's transaction ended before its COMMIT; `cause` is the error that ended it."""

    def __init__(self, cause: BaseException) -> None:
        self.cause = cause
        super().__init__(str(cause))


class GroupCommit:
    """Commits groups of requests on one connection; used by the thread that opened it.

    Some errors are not confined to a savepoint: a full disk or `ON CONFLICT ROLLBACK` ends the whole
    transaction, and a deferred constraint fails the COMMIT. Then no request of the group succeeds, and each
    is tried in a transaction of its own.

    Args:
        connection: in autocommit mode (`isolation_level=None`); gets an authorizer.
        participants: in-memory state to restore on failure; the list may grow later.
        on_success: called with the size of a committed transaction and its duration in seconds.
        on_failure: called with the error that ended a transaction.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        participants: Sequence[Participant],
        *,
        on_success: Callable[[int, float], None],
        on_failure: Callable[[BaseException], None],
    ) -> None:
        self._connection = connection
        self._participants = participants
        self._on_success = on_success
        self._on_failure = on_failure
        self._in_work = False
        connection.set_authorizer(self._authorize)

    def commit(self, group: list[Request[Any]]) -> list[Request[Any]]:
        """Commits as much of the group as its time allows; returns the rest for the next group.

        Each request that is not in the rest then holds a result that is on disk, or an error.
        """
        try:
            return self._transaction(group)
        except _TransactionGone as gone:
            if len(group) == 1:
                group[0].fail(readable(gone.cause))
                return []
        self._commit_alone(group)
        return []

    def _commit_alone(self, group: Sequence[Request[Any]]) -> None:
        for index, request in enumerate(group):
            try:
                self._transaction([request])
            except _TransactionGone as gone:
                request.fail(readable(gone.cause))
                if isinstance(gone.cause, sqlite3.Error) and primary_code(gone.cause) == sqlite3.SQLITE_BUSY:
                    # Another program holds the lock: wait for the time-out once, not once per request.
                    for other in group[index + 1 :]:
                        other.fail(readable(gone.cause))
                    return

    def _transaction(self, group: Sequence[Request[Any]]) -> list[Request[Any]]:
        started = time.monotonic()
        before = capture(self._participants)
        rest: list[Request[Any]] = []
        try:
            if self._connection.in_transaction:
                self._control(_ROLLBACK)
            self._control(_BEGIN)
            done = 0
            while done < len(group):
                if done and time.monotonic() - started > GROUP_TIME_S:
                    rest = list(group[done:])
                    break
                together = neighbours(group, done)
                done += len(together)
                run_neighbours(together, self._run_in_savepoint)
            self._control(_COMMIT)
        except _TransactionGone as gone:
            restore(before)
            self._on_failure(gone.cause)
            raise
        self._on_success(len(group) - len(rest), time.monotonic() - started)
        return rest

    def _run_in_savepoint(self, requests: Sequence[Request[Any]]) -> bool:
        """Whether it succeeded; if not, everything is undone and each request holds the error."""
        connection = self._connection
        went_well = True
        before = capture(self._participants)
        self._control(_SAVEPOINT)
        try:
            self._in_work = True
            try:
                run_together(connection, requests)
            finally:
                self._in_work = False
        except BaseException as error:
            # The exception goes to the caller, whatever it is.
            if connection.in_transaction and _is_the_machines(error):
                # A statement with triggers may be undone alone by SQLite, but the disk is full all the same.
                self._control(_ROLLBACK)
            if not connection.in_transaction:
                raise _TransactionGone(error) from error
            self._control(_ROLLBACK_TO)
            restore(before)
            went_well = False
            for request in requests:
                request.fail(readable(error))
        if not connection.in_transaction:
            raise _TransactionGone(StoreError("The change ended the transaction it ran in."))
        self._control(_RELEASE)
        return went_well

    def _control(self, statement: str) -> None:
        """Runs one of the writer's own statements; an error ends the transaction."""
        try:
            self._connection.execute(statement)
        except sqlite3.Error as error:
            if self._connection.in_transaction:
                # If this fails too, the next transaction begins with another ROLLBACK.
                with contextlib.suppress(sqlite3.Error):
                    self._connection.execute(_ROLLBACK)
            raise _TransactionGone(error) from error

    def _authorize(self, action: int, *_: str | None) -> int:
        # A COMMIT in a work function would commit half a group; `executescript` begins with one.
        refused = self._in_work and action == sqlite3.SQLITE_TRANSACTION
        return sqlite3.SQLITE_DENY if refused else sqlite3.SQLITE_OK


def _is_the_machines(error: BaseException) -> bool:
    return isinstance(error, sqlite3.Error) and store_error(error) is not None


def readable(error: BaseException) -> BaseException:
    """The error for the caller: a readable text for a fault of the machine, else the original."""
    if isinstance(error, sqlite3.Error):
        return store_error(error) or error
    return error
