"""Reader threads, each with its own read-only connection."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from core.store.errors import StoreClosed, StoreOverloaded
from core.store.sqlite.faults import store_error
from core.store.write_request import deliverable

T = TypeVar("T")

READERS: Final = 2
READ_LIMIT: Final = 1_024


class Readers:
    """Runs reads in `READERS` threads; each read sees one snapshot of the database."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._idle: queue.SimpleQueue[sqlite3.Connection] = queue.SimpleQueue()
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix="helix-store-reader")
        self._pending = 0
        self._open = False
        self.reads = 0

    async def start(self) -> None:
        """Opens the connections; raises `sqlite3.Error`."""
        await asyncio.get_running_loop().run_in_executor(self._pool, self._fill)
        self._open = True

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
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
            self._idle.get().close()

    def _done(self, _: asyncio.Future[T]) -> None:
        self._pending -= 1
        self.reads += 1

    def _fill(self) -> None:
        for _ in range(READERS):
            self._idle.put(self._connect())

    def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        connection = self._idle.get()
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            connection.execute("BEGIN")
            return work(connection)
        except sqlite3.Error as error:
            raise store_error(error) or error from None
        except StopIteration as error:
            # A future does not accept StopIteration (PEP 479).
            raise deliverable(error) from error
        finally:
            # If this fails, the next read begins with another ROLLBACK.
            with contextlib.suppress(sqlite3.Error):
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            self._idle.put(connection)
