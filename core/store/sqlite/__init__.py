"""The store on SQLite: one writer thread with group commit, reader threads, checkpoints."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final, Self, TypeVar

from core.files.size import file_size
from core.store.contract import Participant, StoreStats
from core.store.engine.write_queue import QUEUE_LIMIT, WriteQueue
from core.store.engine.write_request import ItemRequest, Many, Request
from core.store.feed import LocalFeed
from core.store.leases import LocalLeases
from core.store.members import LocalMembers
from core.store.migrations import Migration
from core.store.sqlite import version
from core.store.sqlite.connection import BUSY_TIMEOUT_MS, connect_reader, opening_error
from core.store.sqlite.files import wal_path
from core.store.sqlite.opening import Opening, leave_clean
from core.store.sqlite.readers import Readers
from core.store.sqlite.writer import SqliteWriter

logger = logging.getLogger(__name__)

_FREE_SPACE: Final = "Free space in the data folder and check its disk. Changes are refused until then."
_PUT_BACK: Final = (
    "If the data folder was moved, move it back. If the log (-wal) was removed, stop Helix without a kill, "
    "which saves the log's content, and start it again. Otherwise stop Helix and restore a backup."
)

T = TypeVar("T")
Item = TypeVar("Item")


class SqliteStore:
    """One SQLite file, one writer thread with group commit and checkpoints, and reader threads.

    Made by `SqliteStore.open`; keeps the contract `core.store.Store`. A transaction is the connection itself.
    The data folder belongs to one process, so feed, leases and members are local.
    """

    def __init__(
        self,
        path: Path,
        queue: WriteQueue,
        writer: SqliteWriter,
        readers: Readers,
        *,
        opening: Opening,
        members: LocalMembers,
    ) -> None:
        self.path = path
        self.file: Path | None = path
        self.place = str(path)
        self.recovery = opening.recovery()
        self.members = members
        self.feed = LocalFeed(members.me.id)
        self.leases = LocalLeases()
        self._files = opening.files
        self._loop = asyncio.get_running_loop()
        self._queue = queue
        self._writer = writer
        self._readers = readers

    @classmethod
    async def open(
        cls,
        path: Path,
        migrations: Sequence[Migration],
        *,
        app_version: str,
        on_failure: Callable[[Exception | None], None] | None = None,
        queue_limit: int = QUEUE_LIMIT,
        busy_timeout_ms: int = BUSY_TIMEOUT_MS,
        node: str = "",
    ) -> Self:
        """Opens or creates the database, checks it and brings its schema up to date.

        Args:
            path: the file; its folder must exist.
            migrations: every migration that this program knows, of all packages.
            app_version: stored in table `meta`, to name the version that wrote a newer schema.
            on_failure: called on the event loop with the error when a transaction fails, and with None when
                one succeeds again.
            queue_limit: how many writes may wait before more are refused.
            busy_timeout_ms: how long to wait for a lock that another program holds.
            node: the name of this process; that of the machine by default.

        Raises:
            DatabaseCorrupt: the file is not a database or is damaged.
            DatabaseTooNew: a later version has changed the schema.
            DatabaseUnusable: it cannot be opened or written, or a migration failed.
        """
        opening = Opening(path, migrations, app_version, busy_timeout_ms)
        queue = WriteQueue(asyncio.get_running_loop(), on_failure=on_failure, queue_limit=queue_limit)
        writer = SqliteWriter(queue, prepare=opening.run, finish=leave_clean, gone=opening.files.gone)
        readers = Readers(partial(connect_reader, path, busy_timeout_ms))
        try:
            await queue.start(writer)
            await readers.start()
        except BaseException as error:
            await asyncio.shield(_stop(queue, readers))
            if isinstance(error, sqlite3.Error):
                raise opening_error(error, path) from error
            raise
        recovery = opening.recovery()
        logger.info(
            "store.opened bytes=%d unclean=%s wal_bytes=%d schema=%d",
            file_size(path),
            recovery.unclean,
            recovery.wal_bytes,
            recovery.migration.version,
        )
        members = LocalMembers(app_version, node=node)
        return cls(path, queue, writer, readers, opening=opening, members=members)

    async def write(
        self,
        work: Callable[[sqlite3.Connection], T],
        *,
        on_commit: Callable[[T], None] | None = None,
        kinds: tuple[str, ...] = (),
    ) -> T:
        """See `Store.write`."""
        if kinds and self.feed.own_kinds:
            on_commit = self.feed.after(on_commit, kinds)
        return await self._queue.submit(Request(work, self._loop.create_future(), on_commit))

    async def write_item(
        self,
        item: Item,
        many: Many[Item, T],
        *,
        on_commit: Callable[[T], None] | None = None,
        kinds: tuple[str, ...] = (),
    ) -> T:
        """See `Store.write_item`."""
        if kinds and self.feed.own_kinds:
            on_commit = self.feed.after(on_commit, kinds)
        return await self._queue.submit(ItemRequest(item, many, self._loop.create_future(), on_commit))

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """See `Store.read`."""
        return await self._readers.read(work)

    def add_participant(self, participant: Participant) -> None:
        """See `Store.add_participant`."""
        self._writer.add_participant(participant)

    def stats(self) -> StoreStats:
        """Counts and sizes; needs a few `stat` calls and no query."""
        queue, gone = self._queue, self._files.gone()
        return StoreStats(
            engine=version.ENGINE,
            groups=queue.groups,
            writes=queue.writes,
            failures=queue.failures,
            largest_group=queue.largest_group,
            waiting=queue.waiting,
            queue_limit=queue.queue_limit,
            reads=self._readers.reads,
            size_bytes=file_size(self.path),
            wal_bytes=file_size(wal_path(self.path)),
            last_commit_s=queue.last_commit_s,
            last_error=queue.last_error,
            gone=gone,
            remedy=_FREE_SPACE if gone is None else _PUT_BACK,
            facts=version.FACTS,
        )

    async def close(self) -> None:
        """Finishes accepted requests, empties the write-ahead log and marks the stop as clean."""
        await _stop(self._queue, self._readers)


async def _stop(queue: WriteQueue, readers: Readers) -> None:
    # The queue last: an open read would prevent it from emptying the write-ahead log.
    await readers.stop()
    await queue.stop()
