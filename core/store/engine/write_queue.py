"""The writer's thread and the queue before it, the same for each engine.

Requests come from the event loop, an `Engine` commits them in groups in the thread, and the results go back
to the loop after the commit.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol, TypeVar

from core.store.engine.write_request import Request
from core.store.errors import StoreClosed, StoreError, StoreOverloaded

logger = logging.getLogger(__name__)

T = TypeVar("T")

QUEUE_LIMIT: Final = 4_096
GROUP_LIMIT: Final = 256
# How long a stop waits for the event loop to deliver the last groups; a loop that has ended never does.
_LAST_DELIVERY_S: Final = 5.0


class Engine(Protocol):
    """What writes. All but `refusal` and `loss` runs in the writer's thread."""

    @property
    def idle_s(self) -> float | None:
        """How often it looks after itself while there is nothing to commit; None for never."""
        ...

    def open(self) -> None:
        """Connects and prepares; what it raises is raised by `WriteQueue.start`."""
        ...

    def commit(self, group: list[Request[Any]]) -> list[Request[Any]]:
        """Commits as much of a group as its time allows; returns the rest for the next group.

        Each request that is not in the rest then holds a result that is on disk, or an error.
        """
        ...

    def rest(self) -> None:
        """Does what no caller waits for: after each group, and every `idle_s` without one."""
        ...

    def close(self, *, clean: bool) -> None:
        """Ends. `clean` says that everything was delivered; it is False after an error of the writer."""
        ...

    def refusal(self) -> StoreError | None:
        """Event loop: the error for changes that cannot be saved now; None if they can."""
        ...

    def loss(self) -> StoreError | None:
        """Event loop: the error for callers whose changes were committed where nobody finds them; or None."""
        ...


class WriteQueue:
    """Takes requests from the event loop and has them committed in one thread.

    Args:
        loop: the event loop that gets the results.
        on_failure: runs on the event loop; gets the error when a group fails, None when one succeeds again.
        queue_limit: how many requests may wait before more are refused.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        *,
        on_failure: Callable[[Exception | None], None] | None = None,
        queue_limit: int = QUEUE_LIMIT,
    ) -> None:
        self._loop = loop
        self._on_failure = on_failure
        self._queue: queue.SimpleQueue[Request[Any] | None] = queue.SimpleQueue()
        self.queue_limit = queue_limit
        # Event loop: submitted in this iteration.
        self._submitted: list[Request[Any]] = []
        self._carried: deque[Request[Any]] = deque()
        self._accepting = False
        self._opened: asyncio.Future[None] = loop.create_future()
        self._ended: asyncio.Future[None] = loop.create_future()
        self._thread: threading.Thread | None = None
        self._engine: Engine | None = None
        self.groups = 0
        self.writes = 0
        self.failures = 0
        self.largest_group = 0
        self.last_commit_s: float | None = None
        self.last_error: str | None = None

    async def start(self, engine: Engine) -> None:
        """Opens the engine in the thread; raises what its `open` raises."""
        self._engine = engine
        self._thread = threading.Thread(
            target=self._run, args=(engine,), name="helix-store-writer", daemon=True
        )
        self._thread.start()
        try:
            await asyncio.shield(self._opened)
        except asyncio.CancelledError:
            self._queue.put(None)
            self._opened.add_done_callback(lambda opened: opened.cancelled() or opened.exception())
            raise
        self._accepting = True

    async def stop(self) -> None:
        """Refuses new requests, finishes accepted ones, closes the engine. May be called twice."""
        if self._accepting:
            self._accepting = False
            self._hand_over()
            self._queue.put(None)
        if self._thread is not None:
            await asyncio.shield(self._ended)
            self._thread.join()

    @property
    def waiting(self) -> int:
        """Number of requests that wait."""
        return len(self._submitted) + self._queue.qsize() + len(self._carried)

    async def submit(self, request: Request[T]) -> T:
        """Has the request committed with the next group; returns its result after the COMMIT."""
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
        refusal = self._engine.refusal() if self._engine is not None else None
        if refusal is not None:
            for request in submitted:
                request.fail(refusal)
                request.resume()
            return
        for request in submitted:
            self._queue.put(request)

    def _deliver(self, group: Sequence[Request[Any]]) -> None:
        """Delivers the results of a committed group, in order."""
        loss = self._engine.loss() if self._engine is not None else None
        if loss is not None:
            # Memory has to match what is committed, but no caller may see success.
            for request in group:
                request.fail_caller(loss)
        for request in group:
            request.publish()
        for request in group:
            request.resume()

    # Everything below runs in the writer's thread.

    def _run(self, engine: Engine) -> None:
        try:
            engine.open()
        except BaseException as error:  # noqa: BLE001 - passed to the caller that waits for the store to open
            self.call_in_loop(_settle, self._opened, error)
            self.call_in_loop(_settle, self._ended, None)
            return
        self.call_in_loop(_settle, self._opened, None)
        group: list[Request[Any]] | None = None
        clean = False
        try:
            while (group := self._next_group(engine.idle_s)) is not None:
                if group:
                    rest = engine.commit(group)
                    self._carried.extend(rest)
                    self.call_in_loop(self._deliver, group[: len(group) - len(rest)])
                engine.rest()
            self._let_deliver()
            clean = True
        except Exception as error:
            logger.exception("store.writer_failed")
            if group is not None:
                self.call_in_loop(self._give_up, group, error)
        finally:
            try:
                engine.close(clean=clean)
            finally:
                self.call_in_loop(_settle, self._ended, None)

    def _let_deliver(self) -> None:
        """Waits until the event loop has delivered all groups: what `loss` looks at goes with the close."""
        delivered = threading.Event()
        self.call_in_loop(delivered.set)
        delivered.wait(_LAST_DELIVERY_S)

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

    def _next_group(self, idle_s: float | None) -> list[Request[Any]] | None:
        """Waits for a request; returns up to GROUP_LIMIT of them, or None when stopped and empty."""
        group = [self._carried.popleft() for _ in range(min(len(self._carried), GROUP_LIMIT))]
        while len(group) < GROUP_LIMIT:
            try:
                request = self._queue.get(block=not group, timeout=idle_s)
            except queue.Empty:
                break
            if request is None:
                self._queue.put(None)  # put the end mark back for the next call
                if not group:
                    return None
                break
            group.append(request)
        return group

    def refuse_for(self, seconds: float, error: StoreError) -> bool:
        """Fails the next request that waits or comes within the time; False once the store is closing."""
        if self._carried:
            refused: Request[Any] | None = self._carried.popleft()
        else:
            try:
                refused = self._queue.get(timeout=max(seconds, 0.001))
            except queue.Empty:
                return True
        if refused is None:
            self._queue.put(None)
            return False
        refused.fail(error)
        self.call_in_loop(self._deliver, [refused])
        return True

    def note_success(self, size: int, took_s: float) -> None:
        """Counts a committed group of `size` requests."""
        self.groups += 1
        self.writes += size
        self.largest_group = max(self.largest_group, size)
        self.last_commit_s = took_s
        self.note_recovery()

    def note_recovery(self) -> None:
        """Tells that changes can be saved again, if they could not."""
        if self.last_error is not None:
            self.last_error = None
            if self._on_failure is not None:
                self.call_in_loop(self._on_failure, None)

    def note_failure(self, error: BaseException) -> None:
        """Counts a transaction that failed for a fault of the machine, and tells of it."""
        self.failures += 1
        self.last_error = str(error)
        detail = " ".join(str(error.__cause__ or error).split())  # libpq's texts have several lines
        logger.warning("store.transaction_failed error=%s", detail)
        if self._on_failure is not None and isinstance(error, Exception):
            self.call_in_loop(self._on_failure, error)

    def call_in_loop(self, callback: Callable[..., object], *arguments: object) -> None:
        """Calls back on the event loop; does nothing once that is closed."""
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
