"""Requests to the writer thread."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice, takewhile
from typing import Any, Generic, TypeAlias, TypeVar

from core.store.errors import StoreClosed

logger = logging.getLogger(__name__)

T = TypeVar("T")
Item = TypeVar("Item")
# The engine's own transaction: SQLite's connection, or PostgreSQL's.
Transaction: TypeAlias = Any

# Handles many items in one call; returns for each, in order, its result or its own error.
Many = Callable[[Transaction, Sequence[Item]], Sequence[T | Exception]]


def deliverable(error: BaseException) -> BaseException:
    """The error in a form that a future accepts: StopIteration becomes a RuntimeError (PEP 479)."""
    if not isinstance(error, StopIteration):
        return error
    carried = RuntimeError("the work raised StopIteration")
    carried.__cause__ = error
    return carried


class Request(Generic[T]):
    """One piece of work for the writer.

    Attributes:
        future: what the caller awaits; belongs to the event loop.
        abandoned: set when the caller was cancelled; the work is skipped if it has not begun.
    """

    __slots__ = ("_error", "_on_commit", "_result", "_work", "abandoned", "future")

    def __init__(
        self,
        work: Callable[[Transaction], T],
        future: asyncio.Future[T],
        on_commit: Callable[[T], None] | None,
    ) -> None:
        self._work = work
        self.future = future
        self._on_commit = on_commit
        self._result: tuple[T] | None = None
        self._error: BaseException | None = None
        self.abandoned = False

    def run(self, connection: Transaction) -> None:
        """Runs the work and keeps its result; discards that of an earlier try."""
        self._result = self._error = None
        self._result = (self._work(connection),)

    def fail(self, error: BaseException) -> None:
        """Sets the error that is delivered instead of a result."""
        self._result, self._error = None, deliverable(error)

    def fail_caller(self, error: BaseException) -> None:
        """Gives the caller an error although the commit hook gets the result, since it was committed."""
        if self._result is not None:
            self._error = error

    def publish(self) -> None:
        """Event loop: calls the commit hook, in commit order and before any caller continues."""
        if self._result is None or self._on_commit is None:
            return
        try:
            self._on_commit(self._result[0])
        except Exception:
            # The change is on disk, so a failing hook must not turn success into an error.
            logger.exception("store.commit_hook_failed")

    def resume(self) -> None:
        """Event loop: wakes the caller, unless it was cancelled."""
        if self.future.done():
            return
        if self._result is not None and self._error is None:
            self.future.set_result(self._result[0])
        else:
            self.future.set_exception(self._error or StoreClosed("The store is closed."))


class ItemRequest(Request[T], Generic[Item, T]):
    """One item that `many` handles in one call with adjacent items of the same kind."""

    __slots__ = ("item", "many")

    def __init__(
        self,
        item: Item,
        many: Many[Item, T],
        future: asyncio.Future[T],
        on_commit: Callable[[T], None] | None,
    ) -> None:
        # A bound method would make the request refer to itself, and leave it to the garbage collector.
        super().__init__(partial(_alone, many, item), future, on_commit)
        self.item = item
        self.many = many

    def keep(self, result: T | Exception) -> None:
        """Sets the result that `many` returned for this item."""
        if isinstance(result, Exception):
            self.fail(result)
        else:
            self._result, self._error = (result,), None


def _alone(many: Many[Item, T], item: Item, connection: Transaction) -> T:
    (result,) = many(connection, (item,))
    if isinstance(result, Exception):
        raise result
    return result


def neighbours(group: Sequence[Request[Any]], start: int) -> list[Request[Any]]:
    """The requests from `start` on that one call can handle: adjacent items of one kind, or a single one."""
    first = group[start]
    if not isinstance(first, ItemRequest):
        return [first]
    return list(
        takewhile(
            lambda request: isinstance(request, ItemRequest) and request.many is first.many,
            islice(group, start, None),
        )
    )


def run_neighbours(
    requests: Sequence[Request[Any]], run_in_savepoint: Callable[[Sequence[Request[Any]]], bool]
) -> None:
    """Runs adjacent requests in one savepoint, or each in its own where that fails.

    Args:
        requests: those whose callers were cancelled are skipped.
        run_in_savepoint: whether it went well; if not, everything is undone and each request holds the error.
    """
    wanted: list[Request[Any]] = []
    for request in requests:
        if request.abandoned:
            request.fail(asyncio.CancelledError())
        else:
            wanted.append(request)
    if not wanted or run_in_savepoint(wanted) or len(wanted) == 1:
        return
    # One of them failed: run each alone to find which.
    for request in wanted:
        run_in_savepoint([request])


def run_together(connection: Transaction, requests: Sequence[Request[Any]]) -> None:
    """Runs a single request, or adjacent items in one call."""
    items = [request for request in requests if isinstance(request, ItemRequest)]
    if len(items) < 2:
        requests[0].run(connection)
        return
    results = items[0].many(connection, [request.item for request in items])
    for request, result in zip(items, results, strict=True):
        request.keep(result)
