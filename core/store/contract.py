"""The contract of the store, which both engines keep."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from core.store.feed import Feed
from core.store.leases import Leases
from core.store.members import Members
from core.store.tx import Tx

T = TypeVar("T")
Item = TypeVar("Item")

# Handles many items in one call; returns for each, in order, its result or its own error.
Many = Callable[[Tx, Sequence[Item]], Sequence[T | Exception]]


class Participant(Protocol):
    """In-memory state that changes with the transaction, such as the newest snapshot.

    The methods are called in the writer thread only. The value of `capture` must not change when the
    participant goes on: return an immutable value or a copy.
    """

    def capture(self) -> object:
        """Returns the present state."""
        ...

    def restore(self, captured: object) -> None:
        """Restores a state that `capture` returned, since the changes after it were not saved."""
        ...


class MigrationResult(msgspec.Struct, frozen=True):
    """What the migrations did.

    Attributes:
        version: the highest number applied.
        applied: the numbers applied by this start.
        backup: the copy made beforehand; None if there was no data yet, or the engine makes none.
    """

    version: int
    applied: tuple[int, ...]
    backup: Path | None


class Recovery(msgspec.Struct, frozen=True):
    """What opening the store found and repaired.

    Attributes:
        first_start: there was no database before.
        unclean: the last process did not close the store (a crash, a SIGKILL, a power cut).
        unclean_stops: how often that has happened to this database.
        wal_bytes: size of the write-ahead log that was found and recovered; 0 after a clean stop.
        checked: whether all pages were checked for consistency.
        migration: what was done to the schema.
    """

    first_start: bool
    unclean: bool
    unclean_stops: int
    wal_bytes: int
    checked: bool
    migration: MigrationResult


class StoreStats(msgspec.Struct, frozen=True, kw_only=True):
    """Counts since the start, and present sizes.

    Attributes:
        engine: such as "SQLite 3.45.1".
        groups: transactions committed.
        writes: requests committed in them.
        failures: transactions that could not be committed.
        largest_group: most requests in one transaction.
        waiting: requests in the queue.
        queue_limit: most requests the queue accepts.
        reads: queries answered.
        size_bytes: size of the database.
        wal_bytes: size of SQLite's write-ahead log; 0 for other engines.
        last_commit_s: seconds of the newest group from BEGIN to COMMIT; None before the first.
        last_error: error of the newest failed transaction; None after one has succeeded again.
        gone: a sentence on why nothing can be saved at present, such as a removed file; None if all is well.
        remedy: what an operator can do about `gone` and `last_error`.
        facts: what only this engine has to tell, by name.
    """

    engine: str
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
    remedy: str
    facts: Mapping[str, str] = {}


class Store(Protocol):
    """An open store. `close` may be called twice.

    Attributes:
        recovery: what opening the store found and repaired.
        place: where it is, without secrets: the path of the file.
        file: the file that holds all of it; None if a server does.

    Work passed to `write` and `read` runs in a thread of the store and gets the open transaction. It must not
    keep the transaction or rows of it, and it must let the engine's errors through.
    """

    recovery: Recovery
    place: str
    file: Path | None

    @property
    def feed(self) -> Feed:
        """What any process that shares the store committed."""
        ...

    @property
    def leases(self) -> Leases:
        """Which process does what; a write in a block of `leases.hold` is fenced by the store."""
        ...

    @property
    def members(self) -> Members:
        """The processes that share the store."""
        ...

    async def write(
        self,
        work: Callable[[Tx], T],
        *,
        on_commit: Callable[[T], None] | None = None,
        kinds: tuple[str, ...] = (),
    ) -> T:
        """Runs `work` in a savepoint of the next group; returns its result once it is on disk.

        `work` must be safe to run twice: if another request ends the group's transaction, it is run again on
        its own. It cannot begin or end a transaction. An exception undoes its changes and is raised here.

        Args:
            work: changes the database through the transaction it is given.
            on_commit: called on the event loop with the result, in commit order and before any caller of the
                group continues; also if this caller was cancelled after the work had begun.
            kinds: what it changes of what processes keep in memory, for the feed; `()` tells nobody.

        Raises:
            StoreOverloaded: too many writes wait.
            StoreClosed: the store has been closed.
            StoreGone: a store file was removed or replaced; nothing was changed, or the change is lost.
            StoreError: it could not be saved (disk full, file locked); nothing was changed.
        """
        ...

    async def write_item(
        self,
        item: Item,
        many: Many[Item, T],
        *,
        on_commit: Callable[[T], None] | None = None,
        kinds: tuple[str, ...] = (),
    ) -> T:
        """Like `write`, for frequent writes: one call of `many` handles all such items that wait in a row.

        Other processes hear of its kinds by a hint, which can get lost: they look by themselves, too.

        `many` gets the items in order and returns for each its result, or an exception for that item only. If
        it raises, all items are undone and each is tried alone. Pass a module-level function: items are
        grouped by identity, and every access to a bound method makes a new object.
        """
        ...

    async def read(self, work: Callable[[Tx], T]) -> T:
        """Runs `work` in a read-only transaction that sees one snapshot of the database.

        Raises:
            StoreOverloaded: too many queries wait.
            StoreClosed: the store has been closed.
            StoreError: the disk or file could not be read.
        """
        ...

    def add_participant(self, participant: Participant) -> None:
        """Registers in-memory state to restore when a transaction fails; call before its first write."""
        ...

    def stats(self) -> StoreStats:
        """Counts and sizes; runs no query."""
        ...

    async def close(self) -> None:
        """Finishes accepted requests and marks the stop as clean."""
        ...
