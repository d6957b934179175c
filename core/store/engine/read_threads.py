"""The threads that read, the same for each engine: bounded, and each with a connection of its own."""

from __future__ import annotations

import asyncio
import queue
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Generic, TypeVar

from core.store.engine.write_request import Transaction, deliverable
from core.store.errors import StoreClosed, StoreOverloaded

T = TypeVar("T")
Connection = TypeVar("Connection")

READERS: Final = 2
READ_LIMIT: Final = 1_024


class ReadThreads(ABC, Generic[Connection]):
    """Runs reads in `READERS` threads; each read sees one snapshot of the database.

    An engine says how a connection is made, used and ended; all three run in threads.
    """

    def __init__(self) -> None:
        self._idle: queue.SimpleQueue[Connection] = queue.SimpleQueue()
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix="helix-store-reader")
        self._pending = 0
        self._open = False
        self.reads = 0

    async def start(self) -> None:
        """Opens the connections; raises what the engine raises."""
        await asyncio.get_running_loop().run_in_executor(self._pool, self._fill)
        self._open = True

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """Runs `work` in a reader thread and returns its result."""
        if not self._open:
            raise StoreClosed("The store is closed.")
        if self._pending >= READ_LIMIT:
            raise StoreOverloaded(f"Helix is busy: {READ_LIMIT} queries wait. Try again in a moment.")
        self._pending += 1
        future = asyncio.get_running_loop().run_in_executor(self._pool, self._run, work)
        # Also called for a cancelled caller; its work is dropped if no thread has begun it.
        future.add_done_callback(self._done)
        return await future

    async def stop(self) -> None:
        """Finishes the reads in progress and closes the connections. May be called twice."""
        self._open = False
        await asyncio.get_running_loop().run_in_executor(None, self._pool.shutdown)
        while not self._idle.empty():
            self._disconnect(self._idle.get())

    def _done(self, _: asyncio.Future[T]) -> None:
        self._pending -= 1
        self.reads += 1

    def _fill(self) -> None:
        for _ in range(READERS):
            self._idle.put(self._connect())

    def _run(self, work: Callable[[Transaction], T]) -> T:
        connection = self._idle.get()
        try:
            return self._read(connection, work)
        except StopIteration as error:
            # A future does not accept StopIteration (PEP 479).
            raise deliverable(error) from error
        finally:
            self._idle.put(connection)

    @abstractmethod
    def _connect(self) -> Connection:
        """Opens a connection."""

    @abstractmethod
    def _read(self, connection: Connection, work: Callable[[Transaction], T]) -> T:
        """Runs `work` in a transaction that reads, and ends that; raises a readable error."""

    @abstractmethod
    def _disconnect(self, connection: Connection) -> None:
        """Closes a connection."""
