"""The store: one SQLite file, one writer thread with group commit and checkpoints, and reader threads."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Self, TypeVar

import msgspec

from core.store.migrations import Migration
from core.store.sqlite.connection import BUSY_TIMEOUT_MS, connect_reader, opening_error
from core.store.sqlite.files import file_size, wal_path
from core.store.sqlite.opening import Opening, Recovery, leave_clean
from core.store.sqlite.readers import Readers
from core.store.sqlite.write_request import Many, Participant
from core.store.sqlite.writer import QUEUE_LIMIT, Writer

__all__ = ["Database", "DatabaseStats", "Participant", "Recovery"]

logger = logging.getLogger(__name__)

T = TypeVar("T")
Item = TypeVar("Item")


class DatabaseStats(msgspec.Struct, frozen=True):
    """Counts since the start, and present sizes.

    Attributes:
        groups: transactions committed.
        writes: requests committed in them.
        failures: transactions that could not be committed.
        largest_group: most requests in one transaction.
        waiting: requests in the queue.
        queue_limit: most requests the queue accepts.
        reads: queries answered.
        size_bytes: size of the database file.
        wal_bytes: size of its write-ahead log.
        last_commit_s: seconds of the newest group from BEGIN to COMMIT; None before the first.
        last_error: error of the newest failed transaction; None after one has succeeded again.
        gone: a sentence on the store file that was removed or replaced while open; None if all are there.
    """

    groups: int
    writes: int
    failures: int
    largest_group: int
    waiting: int
    queue_limit: int
    reads: int
    size_bytes: int
    wal_bytes: int
    last_commit_s: float | None
    last_error: str | None
    gone: str | None


class Database:
    """An open store, made by `Database.open`. `close` may be called twice.

    Work passed to `write` and `read` runs in a thread of the store and gets the connection. It must not keep
    the connection, cursors or generators that read from it, and it must let SQLite's errors through.
    """

    def __init__(self, path: Path, writer: Writer, readers: Readers, opening: Opening) -> None:
        self.path = path
        self.recovery = opening.recovery()
        self._files = opening.files
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

        Raises:
            DatabaseCorrupt: the file is not a database or is damaged.
            DatabaseTooNew: a later version has changed the schema.
            DatabaseUnusable: it cannot be opened or written, or a migration failed.
        """
        opening = Opening(path, migrations, app_version, busy_timeout_ms)
        writer = Writer(
            asyncio.get_running_loop(),
            prepare=opening.run,
            finish=leave_clean,
            gone=opening.files.gone,
            on_failure=on_failure,
            queue_limit=queue_limit,
        )
        readers = Readers(partial(connect_reader, path, busy_timeout_ms))
        try:
            await writer.start()
            await readers.start()
        except BaseException as error:
            await asyncio.shield(_stop(writer, readers))
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
        return cls(path, writer, readers, opening)

    async def write(
        self, work: Callable[[sqlite3.Connection], T], *, on_commit: Callable[[T], None] | None = None
    ) -> T:
        """Runs `work` in a savepoint of the next group; returns its result once it is on disk.

        `work` must be safe to run twice: if another request ends the group's transaction, it is run again on
        its own. It cannot begin or end a transaction. An exception undoes its changes and is raised here.

        Args:
            work: changes the database through the connection it is given.
            on_commit: called on the event loop with the result, in commit order and before any caller of the
                group continues; also if this caller was cancelled after the work had begun.

        Raises:
            StoreOverloaded: too many writes wait.
            StoreClosed: the store has been closed.
            StoreGone: a store file was removed or replaced; nothing was changed, or the change is lost.
            StoreError: it could not be saved (disk full, file locked); nothing was changed.
        """
        return await self._writer.submit(work, on_commit)

    async def write_item(
        self, item: Item, many: Many[Item, T], *, on_commit: Callable[[T], None] | None = None
    ) -> T:
        """Like `write`, for frequent writes: one call of `many` handles all such items that wait in a row.

        `many` gets the items in order and returns for each its result, or an exception for that item only. If
        it raises, all items are undone and each is tried alone. Pass a module-level function: items are
        grouped by identity, and every access to a bound method makes a new object.
        """
        return await self._writer.submit_item(item, many, on_commit)

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Runs `work` on a read-only connection that sees one snapshot of the database.

        Raises:
            StoreOverloaded: too many queries wait.
            StoreClosed: the store has been closed.
            StoreError: the disk or file could not be read.
        """
        return await self._readers.read(work)

    def add_participant(self, participant: Participant) -> None:
        """Registers in-memory state to restore when a transaction fails; call before its first write."""
        self._writer.add_participant(participant)

    def stats(self) -> DatabaseStats:
        """Counts and sizes; needs a few `stat` calls and no query."""
        writer = self._writer
        return DatabaseStats(
            groups=writer.groups,
            writes=writer.writes,
            failures=writer.failures,
            largest_group=writer.largest_group,
            waiting=writer.waiting,
            queue_limit=writer.queue_limit,
            reads=self._readers.reads,
            size_bytes=file_size(self.path),
            wal_bytes=file_size(wal_path(self.path)),
            last_commit_s=writer.last_commit_s,
            last_error=writer.last_error,
            gone=self._files.gone(),
        )

    async def close(self) -> None:
        """Finishes accepted requests, empties the write-ahead log and marks the stop as clean."""
        await _stop(self._writer, self._readers)


async def _stop(writer: Writer, readers: Readers) -> None:
    # The writer last: an open read would prevent it from emptying the write-ahead log.
    await readers.stop()
    await writer.stop()
