"""Reader threads, each with its own connection; a read of one statement is one wait."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import msgspec

from core.store.errors import StoreClosed, StoreOverloaded
from core.store.postgres.connection import Limits, Link
from core.store.postgres.faults import is_lost, is_stale, readable
from core.store.postgres.pipeline import Pipeline
from core.store.postgres.statements import translate
from core.store.postgres.tx import PgTx
from core.store.tx import Tx
from core.store.write_request import deliverable

T = TypeVar("T")

READERS: Final = 2
READ_LIMIT: Final = 1_024
_IDLE_MS: Final = 60_000
# A reader tries to connect only when something is to be read, so it must not be late by much.
_LONGEST_PAUSE_S: Final = 0.4

# All statements of a read see the moment of the first one.
_BEGIN: Final = translate("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
_ROLLBACK: Final = translate("ROLLBACK")


class Readers:
    """Runs reads in `READERS` threads; each read sees one snapshot of the database."""

    def __init__(self, url: str, limits: Limits) -> None:
        # A read holds no lock; a long one, such as for a backup, may think between two statements.
        patient = msgspec.structs.replace(limits, idle_in_transaction_ms=_IDLE_MS)
        self._links = [
            Link(url, "helix-reader", patient, longest_pause_s=_LONGEST_PAUSE_S) for _ in range(READERS)
        ]
        self._idle: queue.SimpleQueue[Link] = queue.SimpleQueue()
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix="helix-store-reader")
        self._pending = 0
        self._open = False
        self.reads = 0

    @property
    def waits(self) -> int:
        """How often a read has waited for the server."""
        return sum(link.waits for link in self._links)

    async def start(self) -> None:
        """Opens the connections; raises StoreAway."""
        await asyncio.get_running_loop().run_in_executor(self._pool, self._fill)
        self._open = True

    async def read(self, work: Callable[[Tx], T]) -> T:
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
        for link in self._links:
            link.lose()

    def _done(self, _: asyncio.Future[T]) -> None:
        self._pending -= 1
        self.reads += 1

    def _fill(self) -> None:
        for link in self._links:
            link.open()
            self._idle.put(link)

    def _run(self, work: Callable[[Tx], T]) -> T:
        link = self._idle.get()
        try:
            try:
                return self._once(link, work)
            except Exception as error:
                if not (is_lost(error) or is_stale(error)):
                    raise
            # A read changes nothing, so it can be done again over a new connection.
            return self._once(link, work)
        except StopIteration as error:
            # A future does not accept StopIteration (PEP 479).
            raise deliverable(error) from error
        except Exception as error:
            made = readable(error)
            if made is error:
                raise
            raise made from error
        finally:
            self._idle.put(link)

    def _once(self, link: Link, work: Callable[[Tx], T]) -> T:
        pipeline = link.open()
        try:
            pipeline.forget_error()
            pipeline.send(_BEGIN)
            try:
                result = work(PgTx(pipeline, has_savepoints=False))
                if pipeline.error is not None:
                    raise pipeline.error
            finally:
                self._end(pipeline)
        except Exception as error:
            if not link.lose_after(error) and is_stale(error):
                pipeline.forget_prepared()
            raise
        return result

    def _end(self, pipeline: Pipeline) -> None:
        """Ends the transaction; the server's answer is taken with those of the next read."""
        # After an error the server would skip the ROLLBACK too, up to a Sync.
        pipeline.let_go()
        pipeline.send(_ROLLBACK)
        pipeline.let_go()
