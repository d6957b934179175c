"""What travels between those who write and the writer thread."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice, takewhile
from typing import Any, Generic, Protocol, TypeVar

from core.store.errors import StoreClosed

logger = logging.getLogger(__name__)

T = TypeVar("T")
Item = TypeVar("Item")

# Does for many what came with each of them; gives for each, in their order, its result or its own error.
Many = Callable[[sqlite3.Connection, Sequence[Item]], Sequence[T | Exception]]


class Participant(Protocol):
    """Memory that lives in the writer thread beside the transaction, such as the newest snapshot.

    Both methods are called in the writer thread only. What `capture` gives must stay as it is when the
    participant goes on: immutable values, or copies.
    """

    def capture(self) -> object:
        """What the memory holds now."""
        ...

    def restore(self, captured: object) -> None:
        """Puts back what `capture` gave, since what followed was not kept."""
        ...


def deliverable(error: BaseException) -> BaseException:
    """The error as a future can carry it: StopIteration, which none takes, as a RuntimeError (PEP 479)."""
    if not isinstance(error, StopIteration):
        return error
    carried = RuntimeError("the work raised StopIteration")
    carried.__cause__ = error
    return carried


class Request(Generic[T]):
    """One piece of work on its way through the writer.

    Attributes:
        future: what the caller waits on; belongs to the event loop.
        abandoned: set by a caller who was cancelled; work not yet begun is then left out.
    """

    __slots__ = ("_error", "_on_commit", "_result", "_work", "abandoned", "future")

    def __init__(
        self,
        work: Callable[[sqlite3.Connection], T],
        future: asyncio.Future[T],
        on_commit: Callable[[T], None] | None,
    ) -> None:
        self._work = work
        self.future = future
        self._on_commit = on_commit
        self._result: tuple[T] | None = None
        self._error: BaseException | None = None
        self.abandoned = False

    def run(self, connection: sqlite3.Connection) -> None:
        """Does the work and keeps its result; what an earlier try left is forgotten."""
        self._result = self._error = None
        self._result = (self._work(connection),)

    def fail(self, error: BaseException) -> None:
        """Keeps the error to be delivered in place of a result."""
        self._result, self._error = None, deliverable(error)

    def doubt(self, error: BaseException) -> None:
        """Leaves the result to the commit hook, since the store holds it; the caller hears the error."""
        if self._result is not None:
            self._error = error

    def publish(self) -> None:
        """Event loop: tells the commit hook, in commit order and before any waiter goes on."""
        if self._result is None or self._on_commit is None:
            return
        try:
            self._on_commit(self._result[0])
        except Exception:
            # The change is on the disk: a hook that fails must not take success from its caller.
            logger.exception("store.commit_hook_failed")

    def resume(self) -> None:
        """Event loop: wakes the caller, who may be gone."""
        if self.future.done():
            return
        if self._result is not None and self._error is None:
            self.future.set_result(self._result[0])
        else:
            self.future.set_exception(self._error or StoreClosed("The store is closed."))


class ItemRequest(Request[T], Generic[Item, T]):
    """A piece of work that is done together with its neighbours of the same kind, by one call of `many`."""

    __slots__ = ("item", "many")

    def __init__(
        self,
        item: Item,
        many: Many[Item, T],
        future: asyncio.Future[T],
        on_commit: Callable[[T], None] | None,
    ) -> None:
        # Not a method of its own: a request that refers to itself is left to the garbage collector.
        super().__init__(partial(_alone, many, item), future, on_commit)
        self.item = item
        self.many = many

    def keep(self, result: T | Exception) -> None:
        """Keeps what `many` gave for this one."""
        if isinstance(result, Exception):
            self.fail(result)
        else:
            self._result, self._error = (result,), None


def _alone(many: Many[Item, T], item: Item, connection: sqlite3.Connection) -> T:
    (result,) = many(connection, (item,))
    if isinstance(result, Exception):
        raise result
    return result


def neighbours(group: Sequence[Request[Any]], start: int) -> list[Request[Any]]:
    """From `start` on, what can be done by one call: several in a row of the same kind, or a single one."""
    first = group[start]
    if not isinstance(first, ItemRequest):
        return [first]
    return list(
        takewhile(
            lambda request: isinstance(request, ItemRequest) and request.many is first.many,
            islice(group, start, None),
        )
    )


def run_together(connection: sqlite3.Connection, requests: Sequence[Request[Any]]) -> None:
    """Does the work of a single one, or of neighbours by one call."""
    items = [request for request in requests if isinstance(request, ItemRequest)]
    if len(items) < 2:
        requests[0].run(connection)
        return
    results = items[0].many(connection, [request.item for request in items])
    for request, result in zip(items, results, strict=True):
        request.keep(result)
