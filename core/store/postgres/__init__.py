"""The store on PostgreSQL; imported only where DATABASE_URL names a server."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, Literal, Self, TypeAlias, TypeVar

from core.store.contract import Many, Participant, Recovery, StoreStats
from core.store.engine.write_queue import QUEUE_LIMIT, WriteQueue
from core.store.engine.write_request import ItemRequest, Request
from core.store.errors import DatabaseUnusable, StoreAway
from core.store.feed import LocalFeed
from core.store.leases import LocalLeases
from core.store.members import LocalMembers
from core.store.migrations import Migration
from core.store.postgres import feed
from core.store.postgres.connection import Limits
from core.store.postgres.kinds import GroupKinds, foreign
from core.store.postgres.opening import place
from core.store.postgres.readers import Readers
from core.store.postgres.requests import FreeRequest
from core.store.postgres.writer import PostgresWriter
from core.store.tx import Tx

__all__ = ["Limits", "PostgresStats", "PostgresStore"]

logger = logging.getLogger(__name__)

T = TypeVar("T")
Item = TypeVar("Item")
Order: TypeAlias = Literal["serial", "free"]

_REMEDY: Final = "Check that the server of DATABASE_URL runs, has room on its disk, and is reached from here."
_NOT_OPENED: Final = "the store was not opened"


class PostgresStats(StoreStats, frozen=True, kw_only=True):
    """Counts since the start; `size_bytes` is that of the opening.

    Attributes:
        waits: how often the writer has waited for the server.
        read_waits: how often the readers have.
    """

    waits: int
    read_waits: int


class PostgresStore:
    """An open store on PostgreSQL, made by `PostgresStore.open`. `close` may be called twice.

    Work passed to `write` and `read` runs in a thread of the store and gets the transaction. It must not keep
    it or rows of it, and it must let PostgreSQL's errors through. A failed statement ends the transaction: to
    go on after a broken constraint, say `ON CONFLICT` in the statement.

    Attributes:
        recovery: what opening the store did.
        place: host, port and database, without the password.
        file: None, since the server holds it.
    """

    file: Path | None = None

    def __init__(
        self,
        place: str,
        queue: WriteQueue,
        writer: PostgresWriter,
        readers: Readers,
        *,
        feed: LocalFeed,
        members: LocalMembers,
    ) -> None:
        if writer.recovery is None:
            raise RuntimeError(_NOT_OPENED)
        self.place = place
        self.recovery: Recovery = writer.recovery
        self._loop = asyncio.get_running_loop()
        self._queue = queue
        self._writer = writer
        self._readers = readers
        self.feed = feed
        self.members = members
        self.leases = LocalLeases()
        self._kinds = GroupKinds()
        writer.add_participant(self._kinds)

    @classmethod
    async def open(
        cls,
        url: str,
        migrations: Sequence[Migration],
        *,
        app_version: str,
        on_failure: Callable[[Exception | None], None] | None = None,
        on_foreign: Callable[[Sequence[feed.Entry] | None], None] | None = None,
        queue_limit: int = QUEUE_LIMIT,
        origin: str | None = None,
        limits: Limits | None = None,
        alone: bool = False,
        node: str = "",
    ) -> Self:
        """Connects, refuses what cannot be used, and brings the schema up to date.

        Args:
            url: the address, as DATABASE_URL holds it.
            migrations: every migration that this program knows, of all packages.
            app_version: stored in table `meta`, to name the version that wrote a newer schema.
            on_failure: called on the event loop with the error when a transaction fails, and with None when
                changes can be saved again.
            on_foreign: called on the event loop with what the feed told before a group of this process, and
                before the results of that group; None if that is more than the feed still holds.
            queue_limit: how many writes may wait before more are refused.
            origin: names this process in the feed; a member's id by default.
            limits: how long the server lets a connection hold things.
            alone: whether no other process may use the database meanwhile.
            node: the name of this process; that of the machine by default.

        Raises:
            DatabaseTooNew: a later version has changed the schema.
            DatabaseUnusable: the server cannot be reached or used, or a migration failed.
        """
        limits = limits or Limits()
        members = LocalMembers(app_version, node=node)
        origin = origin or members.me.id
        local = LocalFeed(origin)

        def hear(entries: Sequence[feed.Entry] | None) -> None:
            if on_foreign is not None:
                on_foreign(entries)
            for entry in foreign(entries):
                local.tell(entry)

        queue = WriteQueue(asyncio.get_running_loop(), on_failure=on_failure, queue_limit=queue_limit)
        writer = PostgresWriter(
            url,
            queue,
            origin=origin,
            migrations=migrations,
            app_version=app_version,
            limits=limits,
            on_foreign=hear,
            alone=alone,
        )
        readers = Readers(url, limits)
        try:
            await queue.start(writer)
            await readers.start()
        except BaseException as error:
            await asyncio.shield(_stop(queue, readers))
            if isinstance(error, StoreAway):
                raise DatabaseUnusable(f"{error} ({error.__cause__})") from error
            raise
        store = cls(place(url), queue, writer, readers, feed=local, members=members)
        schema = store.recovery.migration.version
        logger.info("store.opened server=%s schema=%d", writer.version, schema)
        return store

    async def write(
        self,
        work: Callable[[Tx], T],
        *,
        on_commit: Callable[[T], None] | None = None,
        order: Order = "serial",
        kinds: tuple[str, ...] = (),
    ) -> T:
        """See `Store.write`.

        Args:
            work: likewise.
            on_commit: likewise.
            order: "serial" runs as if there were one writer in all processes. "free" takes no lock and tells
                the feed nothing: for changes whose unique keys suffice, as they may be run again even after
                they were committed.
            kinds: likewise.

        Raises:
            StoreAway: the server cannot be reached; nothing was changed.
            StoreUnknown: the connection was lost while committing, and nobody knows the outcome.
            StoreConflict: a constraint was broken; nothing was changed.
            StoreError: as `Store.write` raises it.
        """
        kind = FreeRequest if order == "free" else Request
        # The work gets a Tx; the request's type names SQLite's connection, which is one.
        untyped: Any = self._kinds.noting(work, kinds) if kinds else work
        if kinds:
            on_commit = self.feed.after(on_commit, kinds)
        request: Request[T] = kind(untyped, self._loop.create_future(), on_commit)
        return await self._queue.submit(request)

    async def write_item(
        self,
        item: Item,
        many: Many[Item, T],
        *,
        on_commit: Callable[[T], None] | None = None,
        kinds: tuple[str, ...] = (),
    ) -> T:
        """See `Store.write_item`; the order is "free". An `OneStatement` as `many` costs a single wait."""
        untyped: Any = many
        if kinds:
            on_commit = self.feed.after(on_commit, kinds)
        return await self._queue.submit(ItemRequest(item, untyped, self._loop.create_future(), on_commit))

    async def read(self, work: Callable[[Tx], T]) -> T:
        """See `Store.read`."""
        return await self._readers.read(work)

    def add_participant(self, participant: Participant) -> None:
        """See `Store.add_participant`.

        One that is an `Announcer` too tells the feed what a group changes, and takes over foreign changes.
        """
        self._writer.add_participant(participant)

    def stats(self) -> PostgresStats:
        """Counts; asks the server nothing."""
        queue = self._queue
        refusal = self._writer.refusal()
        return PostgresStats(
            engine=f"PostgreSQL {self._writer.version}",
            groups=queue.groups,
            writes=queue.writes,
            failures=queue.failures,
            largest_group=queue.largest_group,
            waiting=queue.waiting,
            queue_limit=queue.queue_limit,
            reads=self._readers.reads,
            size_bytes=self._writer.size_bytes,
            wal_bytes=0,
            last_commit_s=queue.last_commit_s,
            last_error=queue.last_error,
            gone=None if refusal is None else str(refusal),
            remedy=_REMEDY,
            facts={"behind": f"{self._writer.behind} feed entries"},
            waits=self._writer.link.waits,
            read_waits=self._readers.waits,
        )

    async def close(self) -> None:
        """See `Store.close`."""
        await _stop(self._queue, self._readers)


async def _stop(queue: WriteQueue, readers: Readers) -> None:
    await readers.stop()
    await queue.stop()
