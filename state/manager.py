"""Owns the current snapshot; the only way to change it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import cast

import msgspec

from core.clock import Clock
from core.listeners import subscribe
from core.store import Store
from core.store.errors import DatabaseCorrupt
from core.store.tx import Tx
from state.change import Actor, Change, JournalRow
from state.events import OutEvent
from state.journal import insert_rows
from state.journal.differences import report_rows, ucf_rows
from state.kinds import STATE
from state.models import DEFAULT_UCF, InvalidUCF, Snapshot
from state.snapshot_table import read_snapshot, write_history, write_snapshot

logger = logging.getLogger(__name__)

ChangeFunction = Callable[[Snapshot], Change]
Subscriber = Callable[[Snapshot, Snapshot, Change], None]
# Writes beside a change, in its transaction: gets the transaction and the snapshots before and after, returns
# further events. Like everything in the writer thread it may run twice.
TransactionHook = Callable[[Tx, Snapshot, Snapshot], Sequence[OutEvent] | None]
# Passes the events of a change to the outbox, in its transaction.
EventSink = Callable[[Tx, datetime, Sequence[OutEvent]], None]


class StateManager:
    """Owns the current snapshot.

    `snapshot` is read without lock, await or disk access. It changes on the event loop only, after the commit
    and before the caller that asked for the change continues.
    """

    def __init__(self, database: Store, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._subscribers: list[Subscriber] = []
        self._hooks: list[TransactionHook] = []
        self._sink: EventSink | None = None
        self.snapshot = Snapshot(
            version=0, changed_at=clock.now(), source="default", ucf=DEFAULT_UCF, reports={}
        )
        self._writer = _WriterMemory(self.snapshot)
        database.add_participant(self._writer)

    async def load(self) -> Snapshot:
        """Loads the snapshot from the database, or stores the default; call it first.

        Raises:
            DatabaseCorrupt: the stored state is not valid.
        """

        def work(tx: Tx) -> Snapshot:
            found = read_snapshot(tx)
            if found is None:
                found = Snapshot(
                    version=1, changed_at=self._clock.now(), source="default", ucf=DEFAULT_UCF, reports={}
                )
                write_snapshot(tx, found)
                write_history(tx, found)
            self._writer.newest = found
            return found

        try:
            self.snapshot = await self._database.write(work)
        except (msgspec.DecodeError, InvalidUCF) as error:
            raise DatabaseCorrupt(
                f"{self._database.place} holds a state that is not valid ({error}). Restore a backup: "
                "python main.py restore FILE."
            ) from error
        return self.snapshot

    async def change(self, function: ChangeFunction) -> Snapshot:
        """Applies `function` to the newest snapshot and stores the change, in one transaction.

        Args:
            function: pure; it runs in the writer thread, may run twice, and only reads the snapshot.

        Returns:
            The new snapshot; the same version if no record differs.

        Raises:
            HelixError: what `function` raised; nothing was changed.
            StoreError: it could not be stored; nothing was changed.
        """
        return await self.change_with(function)

    async def change_with(
        self,
        function: ChangeFunction,
        also: TransactionHook | None = None,
        *,
        kinds: tuple[str, ...] = (),
    ) -> Snapshot:
        """Like `change`; `also` writes in the same transaction. For the parts of `state/` only.

        Args:
            function: as for `change`.
            also: what it writes is undone with the change.
            kinds: what it changes of what other processes keep in memory (`state.kinds`).
        """

        def work(tx: Tx) -> tuple[Snapshot, Snapshot, Change]:
            return self._apply(tx, function, also)

        applied = await self._database.write(work, on_commit=self._publish, kinds=STATE + kinds)
        return applied[1]

    async def record(self, *rows: JournalRow, kinds: tuple[str, ...] = ()) -> None:
        """Journals rows without changing the state; `kinds` as for `change_with`."""
        await self.change_with(lambda _: Change(journal=rows), kinds=kinds)

    async def reload(self) -> None:
        """Publishes the stored snapshot, if another process has made a newer one."""
        found = await self._database.read(read_snapshot)
        if found is not None and found.version > self.snapshot.version:
            self._publish((self.snapshot, found, Change(source=found.source)))

    def subscribe(self, callback: Subscriber) -> Callable[[], None]:
        """Calls `callback(old, new, change)` after each commit, in commit order; returns the unsubscriber.

        Callbacks run on the event loop before the caller that asked for the change continues, in the order of
        their subscription; one that raises is logged and affects no other.
        """
        return subscribe(self._subscribers, callback)

    def add_transaction_hook(self, hook: TransactionHook) -> None:
        """Registers a hook that runs in the transaction of each new version; it may write and add events."""
        self._hooks.append(hook)

    def set_event_sink(self, sink: EventSink) -> None:
        """Sets the function that passes all events to the outbox, in the transaction of their change."""
        self._sink = sink

    def _apply(
        self, tx: Tx, function: ChangeFunction, also: TransactionHook | None
    ) -> tuple[Snapshot, Snapshot, Change]:
        old = self._writer.newest
        change = function(old)
        now = self._clock.now()
        new = _next(old, change, now)
        rows = change.journal or _rows_for(old, new, change)
        insert_rows(tx, now, rows)
        if new is not old:
            write_snapshot(tx, new)
            if new.ucf != old.ucf:
                write_history(tx, new)
        hooks = self._hooks if new is not old else []
        if also is not None:
            hooks = [*hooks, also]
        added = [event for hook in hooks for event in hook(tx, old, new) or ()]
        events = (*change.events, *added)
        if events and self._sink is not None:
            self._sink(tx, now, events)
        self._writer.newest = new
        return old, new, msgspec.structs.replace(change, events=events)

    def _publish(self, applied: tuple[Snapshot, Snapshot, Change]) -> None:
        old, new, change = applied
        if new.version > self.snapshot.version:
            self.snapshot = new
            logger.debug("state.changed version=%d source=%s", new.version, new.source)
        for subscriber in tuple(self._subscribers):
            try:
                subscriber(old, new, change)
            except Exception:
                logger.exception("state.subscriber_failed version=%d", new.version)


class _WriterMemory:
    """The newest snapshot in the writer thread, which may be ahead of the published one."""

    def __init__(self, newest: Snapshot) -> None:
        self.newest = newest

    def capture(self) -> object:
        return self.newest

    def restore(self, captured: object) -> None:
        self.newest = cast("Snapshot", captured)

    def refresh(self, tx: Tx, _entries: object) -> None:
        """Takes over what another process stored, before this one changes it."""
        self.newest = read_snapshot(tx) or self.newest

    def announce(self) -> None:
        """The kinds of the writes tell enough."""


def _next(old: Snapshot, change: Change, now: datetime) -> Snapshot:
    ucf = old.ucf if change.ucf is None else change.ucf
    reports = old.reports if change.reports is None else change.reports
    folklore = old.folklore if change.folklore is None else change.folklore
    if (ucf, reports, folklore) == (old.ucf, old.reports, old.folklore):
        return old
    source = change.source or (change.journal[0].cause if change.journal else "system")
    return Snapshot(
        version=old.version + 1, changed_at=now, source=source, ucf=ucf, reports=reports, folklore=folklore
    )


def _rows_for(old: Snapshot, new: Snapshot, change: Change) -> tuple[JournalRow, ...]:
    """The differences as rows, for a change without rows; a repeated heartbeat makes none."""
    cause = change.source or "system"
    rows = ucf_rows(old.ucf, new.ucf, Actor(cause))
    return rows + report_rows(old.reports, new.reports, cause=cause)
