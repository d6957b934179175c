"""The only thread that writes: it commits in groups, and reports success only after the commit."""

from __future__ import annotations

import asyncio
import logging
import queue
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from core.store.contract import Participant
from core.store.errors import StoreClosed, StoreError, StoreGone, StoreOverloaded
from core.store.sqlite.checkpoints import Checkpoints
from core.store.sqlite.group_commit import GroupCommit, readable
from core.store.write_request import ItemRequest, Many, Request

logger = logging.getLogger(__name__)

T = TypeVar("T")
Item = TypeVar("Item")

QUEUE_LIMIT: Final = 4_096
GROUP_LIMIT: Final = 256
# How long a stop waits for the event loop to deliver the last groups; a loop that has ended never does.
_LAST_DELIVERY_S: Final = 5.0


class Writer:
    """Takes requests from the event loop and runs them in one thread on one connection.

    Args:
        loop: the event loop that gets the results.
        prepare: opens the connection; runs in the writer thread.
        finish: runs in the writer thread before the connection is closed.
        gone: runs on the event loop; a sentence on why writes would be lost, else None.
        on_failure: runs on the event loop; gets the error when a group fails, None when one succeeds again.
        queue_limit: how many requests may wait before more are refused.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        *,
        prepare: Callable[[], sqlite3.Connection],
        finish: Callable[[sqlite3.Connection], None],
        gone: Callable[[], str | None],
        on_failure: Callable[[Exception | None], None] | None = None,
        queue_limit: int = QUEUE_LIMIT,
    ) -> None:
        self._loop = loop
        self._prepare = prepare
        self._finish = finish
        self._gone = gone
        self._on_failure = on_failure
        self._checkpoints = Checkpoints()
        self._queue: queue.SimpleQueue[Request[Any] | None] = queue.SimpleQueue()
        self.queue_limit = queue_limit
        # Event loop: submitted in this iteration.
        self._submitted: list[Request[Any]] = []
        self._carried: deque[Request[Any]] = deque()
        self._participants: list[Participant] = []
        self._accepting = False
        self._opened: asyncio.Future[None] = loop.create_future()
        self._ended: asyncio.Future[None] = loop.create_future()
        self._thread = threading.Thread(target=self._run, name="helix-store-writer", daemon=True)
        self.groups = 0
        self.writes = 0
        self.failures = 0
        self.largest_group = 0
        self.last_commit_s: float | None = None
        self.last_error: str | None = None

    async def start(self) -> None:
        """Opens the connection in the thread; raises what `prepare` raises."""
        self._thread.start()
        try:
            await asyncio.shield(self._opened)
        except asyncio.CancelledError:
            self._queue.put(None)
            self._opened.add_done_callback(lambda opened: opened.cancelled() or opened.exception())
            raise
        self._accepting = True

    async def stop(self) -> None:
        """Refuses new requests, finishes accepted ones, closes the connection. May be called twice."""
        if self._accepting:
            self._accepting = False
            self._hand_over()
            self._queue.put(None)
        if self._thread.ident is not None:
            await asyncio.shield(self._ended)
            self._thread.join()

    @property
    def waiting(self) -> int:
        """Number of requests that wait."""
        return len(self._submitted) + self._queue.qsize() + len(self._carried)

    def add_participant(self, participant: Participant) -> None:
        """Registers state to restore when a savepoint or a group fails; call before its first write."""
        self._participants.append(participant)

    async def submit(
        self, work: Callable[[sqlite3.Connection], T], on_commit: Callable[[T], None] | None
    ) -> T:
        """Runs `work` in the next group and returns its result after the COMMIT."""
        return await self._commit(Request(work, self._loop.create_future(), on_commit))

    async def submit_item(self, item: Item, many: Many[Item, T], on_commit: Callable[[T], None] | None) -> T:
        """Runs `many` for `item` and adjacent items in the next group; returns after the COMMIT."""
        return await self._commit(ItemRequest(item, many, self._loop.create_future(), on_commit))

    async def _commit(self, request: Request[T]) -> T:
        if not self._accepting:
            raise StoreClosed("The store is closed.")
        if self.waiting >= self.queue_limit:
            raise StoreOverloaded(
                f"Helix is busy: {self.queue_limit} changes wait to be saved. Try again in a moment."
            )
        if not self._submitted:
            # Hand over once per iteration of the loop. A writer that begins with the first request would
            # compete for the interpreter lock with the code that submits the rest, and no answer is earlier.
            self._loop.call_soon(self._hand_over)
        self._submitted.append(request)
        try:
            return await request.future
        except asyncio.CancelledError:
            request.abandoned = True
            raise

    def _hand_over(self) -> None:
        submitted, self._submitted = self._submitted, []
        gone = self._gone()
        if gone is not None:
            for request in submitted:
                request.fail(StoreGone(gone))
                request.resume()
            return
        for request in submitted:
            self._queue.put(request)

    def _deliver(self, group: Sequence[Request[Any]]) -> None:
        """Delivers the results of a committed group, in order.

        Checks the files here, since the writer thread would wait for the interpreter lock at each check.
        """
        gone = self._gone()
        if gone is not None:
            # Lost while committing: memory has to match the open files, but no caller may see success.
            for request in group:
                request.fail_caller(StoreGone(gone))
        for request in group:
            request.publish()
        for request in group:
            request.resume()

    # Everything below runs in the writer thread.

    def _run(self) -> None:
        try:
            connection = self._prepare()
        except BaseException as error:  # noqa: BLE001 - passed to the caller that waits for the store to open
            self._call_in_loop(_settle, self._opened, error)
            self._call_in_loop(_settle, self._ended, None)
            return
        commits = GroupCommit(
            connection, self._participants, on_success=self._note_success, on_failure=self._note_failure
        )
        self._call_in_loop(_settle, self._opened, None)
        group: list[Request[Any]] | None = None
        try:
            while (group := self._next_group()) is not None:
                rest = commits.commit(group)
                self._carried.extend(rest)
                self._call_in_loop(self._deliver, group[: len(group) - len(rest)])
                # No caller waits for this: the group's results were delivered above.
                self._checkpoints.run_if_due(connection)
            self._let_deliver()
            self._leave(connection)
        except Exception as error:
            logger.exception("store.writer_failed")
            if group is not None:
                self._call_in_loop(self._give_up, group, error)
        finally:
            connection.close()
            self._call_in_loop(_settle, self._ended, None)

    def _let_deliver(self) -> None:
        """Waits until the event loop has delivered all groups, which needs the log file."""
        delivered = threading.Event()
        self._call_in_loop(delivered.set)
        delivered.wait(_LAST_DELIVERY_S)

    def _leave(self, connection: sqlite3.Connection) -> None:
        try:
            self._finish(connection)
        except sqlite3.Error as error:
            # Everything is committed. The next start treats this as a crash and checks all pages.
            logger.warning("store.not_left_clean error=%s", error)

    def _give_up(self, group: Sequence[Request[Any]], error: Exception) -> None:
        """Event loop: fails all waiting and future requests, since the thread has ended."""
        self._accepting = False
        self.last_error = "The writer of the store has failed. Restart Helix."
        submitted, self._submitted = self._submitted, []
        waiting = [*group, *self._carried, *submitted]
        while not self._queue.empty():
            request = self._queue.get_nowait()
            if request is not None:
                waiting.append(request)
        for request in waiting:
            failure = StoreError(self.last_error)
            failure.__cause__ = error
            request.fail(failure)
            request.resume()
        if self._on_failure is not None:
            self._on_failure(StoreError(self.last_error))

    def _next_group(self) -> list[Request[Any]] | None:
        """Waits for a request; returns up to GROUP_LIMIT of them, or None when stopped and empty."""
        group = [self._carried.popleft() for _ in range(min(len(self._carried), GROUP_LIMIT))]
        while len(group) < GROUP_LIMIT:
            try:
                request = self._queue.get(block=not group)
            except queue.Empty:
                break
            if request is None:
                if not group:
                    return None
                self._queue.put(None)  # put the end mark back for the next call
                break
            group.append(request)
        return group

    def _note_success(self, size: int, took_s: float) -> None:
        self.groups += 1
        self.writes += size
        self.largest_group = max(self.largest_group, size)
        self.last_commit_s = took_s
        self._checkpoints.committed()
        if self.last_error is not None:
            self.last_error = None
            if self._on_failure is not None:
                self._call_in_loop(self._on_failure, None)

    def _note_failure(self, cause: BaseException) -> None:
        error = readable(cause)
        self.failures += 1
        self.last_error = str(error)
        logger.warning("store.transaction_failed error=%s detail=%s", type(cause).__name__, cause)
        if self._on_failure is not None and isinstance(error, Exception):
            self._call_in_loop(self._on_failure, error)

    def _call_in_loop(self, callback: Callable[..., object], *arguments: object) -> None:
        try:
            self._loop.call_soon_threadsafe(callback, *arguments)
        except RuntimeError:
            logger.debug("store.loop_closed")  # nobody is left to notify


def _settle(future: asyncio.Future[None], error: BaseException | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)
