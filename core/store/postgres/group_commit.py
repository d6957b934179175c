"""Group commit on PostgreSQL: many requests in one transaction, for two waits.

Whether a statement failed is known at the end, for all requests at once. Then nothing was saved, and each is
tried in a transaction of its own. A work that raises an error of its own undoes the group too, which is then
run again with a savepoint for each request.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import psycopg

from core.store.contract import Participant
from core.store.engine.participants import capture, restore
from core.store.engine.write_request import ItemRequest, Request, neighbours, run_neighbours, run_together
from core.store.errors import StoreAway, StoreError, StoreUnknown
from core.store.one_statement import OneStatement
from core.store.postgres import feed, outcome
from core.store.postgres.connection import Link
from core.store.postgres.faults import (
    ConnectionLost,
    concerns_all,
    fault,
    is_lost,
    is_passing,
    is_stale,
)
from core.store.postgres.requests import fail_all, is_free, statement_of
from core.store.postgres.transaction import Transaction
from core.store.tx import Rows

# A group is closed after this long, so that its first caller does not wait for all later ones.
GROUP_TIME_S: Final = 0.05
# After an error of a work so many groups have savepoints, which take a third of a group's time.
_CAREFUL_GROUPS: Final = 64
# One of so many transactions deletes old rows of the feed.
_PRUNE_EVERY: Final = 500
# How often a request is tried alone where the connection or another transaction was in the way.
_TRIES: Final = 3
_UNKNOWN: Final = (
    "The connection was lost while a change was saved, and nobody can say whether it was. "
    "Look before you do it again."
)


class _Failed(Exception):
    """Nothing was saved, as far as anybody knows; `cause` is the error that ended the transaction."""

    def __init__(self, cause: BaseException) -> None:
        self.cause = cause
        super().__init__(str(cause))


class GroupCommit:
    """Commits groups of requests over one link; used by the writer's thread.

    Args:
        link: the connection, made again after a loss.
        origin: names this process in the feed.
        participants: in-memory state to restore on failure; the list may grow later.
        on_success: called with the size of a committed transaction and its duration in seconds.
        on_failure: called with the readable error when a fault of the machine ended a transaction.
        on_foreign: called before the results of a group with what the feed told that the participants did
            not know; None if that is more than the feed still holds.

    Attributes:
        seen: the feed's newest number that the participants know.
        behind: how many entries of other processes the newest group had to take over first.
    """

    def __init__(
        self,
        link: Link,
        origin: str,
        participants: Sequence[Participant],
        *,
        on_success: Callable[[int, float], None],
        on_failure: Callable[[StoreError], None],
        on_foreign: Callable[[Sequence[feed.Entry] | None], None],
    ) -> None:
        self._link = link
        self._origin = origin
        self._participants = participants
        self._on_success = on_success
        self._on_failure = on_failure
        self._on_foreign = on_foreign
        # Statements that were not waited for: their results are read after the COMMIT.
        self._unread: list[tuple[OneStatement[Any, Any], Sequence[ItemRequest[Any, Any]], Rows]] = []
        self._is_answer_lost = False
        self.seen = 0
        self.behind = 0
        self._careful = 0  # for how many groups each request gets a savepoint
        self._marker = secrets.token_hex(8)  # not the origin, which may come again
        self._mark = 0

    def commit(self, group: list[Request[Any]]) -> list[Request[Any]]:
        """Commits as much of the group as its time allows; returns the rest for the next group.

        Each request that is not in the rest then holds a result that is on disk, or an error.
        """
        try:
            return self._transaction(group)
        except _Failed as failed:
            cause = failed.cause
        if is_lost(cause) or is_stale(cause) or self._is_for_savepoints(group, cause):
            try:
                return self._transaction(group)
            except _Failed as failed:
                cause = failed.cause
        if concerns_all(cause) or (len(group) == 1 and not is_passing(cause)):
            fail_all(group, cause)
        else:
            self._commit_alone(group)
        return []

    def _is_for_savepoints(self, group: Sequence[Request[Any]], cause: BaseException) -> bool:
        """Whether a work raised an error of its own, which a savepoint keeps from the others."""
        if isinstance(cause, psycopg.Error | StoreError) or len(neighbours(group, 0)) == len(group):
            return False
        self._careful = _CAREFUL_GROUPS
        return True

    def _commit_alone(self, group: Sequence[Request[Any]]) -> None:
        for index, request in enumerate(group):
            cause = self._try_alone(request)
            if cause is not None and concerns_all(cause):
                # Wait for the time-out once, not once per request.
                fail_all(group[index:], cause)
                return
            if cause is not None:
                fail_all([request], cause)

    def _try_alone(self, request: Request[Any]) -> BaseException | None:
        for attempt in range(1, _TRIES + 1):
            try:
                self._transaction([request])
            except _Failed as failed:
                cause = failed.cause
                if attempt == _TRIES or not is_passing(cause):
                    return cause
            else:
                break
        return None

    def _transaction(self, group: list[Request[Any]]) -> list[Request[Any]]:
        started = time.monotonic()
        before = capture(self._participants)
        self._unread.clear()
        self._is_answer_lost = False
        transaction: Transaction | None = None
        try:
            is_one_call = len(neighbours(group, 0)) == len(group)
            has_savepoints = self._careful > 0 and not is_one_call
            transaction = Transaction(self._link.open(), has_savepoints=has_savepoints)
            transaction.is_single = is_one_call and statement_of(group[0]) is not None
            foreign = self._begin(group, transaction)
            rest = self._run(group, transaction)
            self._end(transaction)
        except BaseException as error:
            restore(before)
            self._clear_up(transaction, error)
            raise _Failed(error) from error
        if transaction.is_alone:
            self.seen = transaction.newest
        self._careful -= transaction.has_savepoints
        if foreign != []:
            self._on_foreign(foreign)
        self._read_results()
        self._on_success(len(group) - len(rest), time.monotonic() - started)
        return rest

    def _begin(self, group: Sequence[Request[Any]], transaction: Transaction) -> Sequence[feed.Entry] | None:
        if all(map(is_free, group)):
            transaction.begin_free()
            return []
        transaction.begin_alone()
        self.behind = max(0, transaction.newest - self.seen)
        if not self.behind:
            return []
        entries = feed.newer(transaction.tx, self.seen)
        for participant in self._participants:
            if isinstance(participant, feed.Announcer):
                participant.refresh(transaction.tx, entries)
        transaction.tx.release()
        return entries

    def _run(self, group: list[Request[Any]], transaction: Transaction) -> list[Request[Any]]:
        started = time.monotonic()
        done = 0
        while done < len(group):
            if done and time.monotonic() - started > GROUP_TIME_S:
                break
            together = neighbours(group, done)
            done += len(together)
            run_neighbours(together, partial(self._run_in_savepoint, transaction=transaction))
        return group[done:]

    def _run_in_savepoint(self, requests: Sequence[Request[Any]], transaction: Transaction) -> bool:
        """Whether the work succeeded; if not, it is undone and each request holds the error.

        Raises: what ends the transaction: a statement's error, or any error where there is no savepoint.
        """
        before = capture(self._participants)
        try:
            self._call(requests, transaction)
        except BaseException as error:
            if not transaction.has_savepoints or is_lost(error):
                raise
            transaction.check()
            transaction.tx.undo()
            restore(before)
            fail_all(requests, error)
            return False
        transaction.check()
        transaction.tx.release()
        return True

    def _call(self, requests: Sequence[Request[Any]], transaction: Transaction) -> None:
        statement = statement_of(requests[0])
        if statement is not None:
            items = [request for request in requests if isinstance(request, ItemRequest)]
            rows = statement.send(transaction.tx, [request.item for request in items])
            self._unread.append((statement, items, rows))
        else:
            tx: Any = transaction.tx
            run_together(tx, requests)

    def _end(self, transaction: Transaction) -> None:
        if transaction.is_alone:
            made = [one.announce() for one in self._participants if isinstance(one, feed.Announcer)]
            if announced := [one for one in made if one is not None]:
                transaction.tell(*feed.merged(announced), self._origin)
                transaction.notify(self._origin)
            if self._mark % _PRUNE_EVERY == 0:
                transaction.prune()
        else:
            transaction.notify(self._origin)
        server = self._link.server
        self._mark += 1
        try:
            transaction.commit(self._marker, self._mark)
        except ConnectionLost:
            self._link.lose()
            # A single statement can be written again, as its items have unique keys.
            if not transaction.is_committing or transaction.is_single:
                raise
            verdict = outcome.ask(self._link, server, self._marker, self._mark)
            if verdict == "aborted":
                raise
            if verdict == "unknown":
                raise StoreUnknown(_UNKNOWN) from None
            self._is_answer_lost = True

    def _read_results(self) -> None:
        unread, self._unread = self._unread, []
        if self._is_answer_lost:
            # The results went with the answer to the COMMIT. Items may be written again for theirs.
            again: list[Request[Any]] = [request for _, requests, _ in unread for request in requests]
            while again:
                again = self.commit(again)
            return
        for many, requests, rows in unread:
            try:
                results = many.results([request.item for request in requests], rows)
                for request, result in zip(requests, results, strict=True):
                    request.keep(result)
            except Exception as error:  # noqa: BLE001 - goes to the callers, although the items are saved
                fail_all(requests, error)

    def _clear_up(self, transaction: Transaction | None, error: BaseException) -> None:
        """Leaves the connection ready for the next transaction, or drops it; tells of a machine's fault."""
        if not self._link.lose_after(error) and transaction is not None and self._link.is_up:
            try:
                transaction.roll_back(forget_prepared=is_stale(error))
            except ConnectionLost:
                self._link.lose()
        told = error if isinstance(error, StoreAway | StoreUnknown) else fault(error)
        if told is not None:
            self._on_failure(told)
