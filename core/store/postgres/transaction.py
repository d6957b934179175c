"""The transaction of one group: begun with one wait, ended with a second; without a lock it is one in all."""

from __future__ import annotations

from typing import Final

from core.store.errors import StoreError
from core.store.postgres import feed
from core.store.postgres.pipeline import Pipeline, Sent
from core.store.postgres.statements import translate
from core.store.postgres.tx import PgTx
from core.store.tx import Value

_BEGIN: Final = translate("BEGIN")
_COMMIT: Final = translate("COMMIT")
_ROLLBACK: Final = translate("ROLLBACK")
# The number before is the lock of migrations. The schema is part of the key, as it is part of the address.
_LOCK: Final = translate("SELECT pg_advisory_xact_lock(1212501066, hashtext(current_schema()))")
# A statement of its own, so that it sees what was committed while the lock was waited for.
_POSITION: Final = translate("SELECT coalesce(max(seq), 0) FROM feed")
_MARK: Final = translate(
    "INSERT INTO commits (marker, mark, at_us) "
    "VALUES (?, ?, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint) "
    "ON CONFLICT (marker) DO UPDATE SET mark = excluded.mark, at_us = excluded.at_us"
)
# The feed is kept for 10 minutes; a process that waits for an outcome is back within a day.
_PRUNE: Final = (
    translate(
        "DELETE FROM feed WHERE at_us < (extract(epoch FROM clock_timestamp()) * 1000000)::bigint - 600000000"
    ),
    translate(
        "DELETE FROM commits "
        "WHERE at_us < (extract(epoch FROM clock_timestamp()) * 1000000)::bigint - 86400000000"
    ),
)
_NOTIFY: Final = translate("SELECT pg_notify(?, ?)")
_ADD: Final = translate(feed.ADD)


class Transaction:
    """One transaction of the writer.

    Attributes:
        tx: what work functions get.
        has_savepoints: whether a request can be undone without the others.
        is_alone: whether it holds the lock of the writers.
        is_single: whether it is one statement, which needs neither BEGIN nor COMMIT nor a mark.
        newest: the feed's newest number, once the lock is held.
        is_committing: whether COMMIT was sent, so that a lost connection leaves it in doubt.
    """

    def __init__(self, pipeline: Pipeline, *, has_savepoints: bool) -> None:
        self._pipeline = pipeline
        self.tx = PgTx(pipeline, has_savepoints=has_savepoints)
        self.has_savepoints = has_savepoints
        self.is_alone = False
        self.is_single = False
        self.newest = 0
        self.is_committing = False
        self._entry: Sent | None = None

    def begin_alone(self) -> None:
        """Begins as the only writer among all processes. One wait."""
        self._begin()
        self.is_alone = True
        self._pipeline.send(_LOCK)
        position = self._pipeline.send(_POSITION)
        self._pipeline.wait()
        self.check()
        ((self.newest,),) = self._pipeline.load(position)

    def begin_free(self) -> None:
        """Begins beside other writers. No wait."""
        if self.is_single:
            self._pipeline.forget_error()
        else:
            self._begin()

    def _begin(self) -> None:
        self._pipeline.forget_error()
        self._pipeline.send(_BEGIN)

    def check(self) -> None:
        """Raises the first error of a statement that was answered."""
        if self._pipeline.error is not None:
            raise self._pipeline.error

    def tell(self, version: int | None, kinds: str, payload: bytes | None, origin: str) -> None:
        """Adds the group's row to the feed."""
        row: tuple[Value, ...] = (version, origin, kinds, payload)
        self._entry = self._pipeline.send(_ADD, row)

    def prune(self) -> None:
        """Deletes what no process asks for any more."""
        for statement in _PRUNE:
            self._pipeline.send(statement)

    def notify(self, origin: str) -> None:
        """Wakes the other processes when the transaction is committed."""
        self._pipeline.send(_NOTIFY, (feed.CHANNEL, origin))

    def commit(self, marker: str, mark: int) -> None:
        """Commits. One wait, after which every statement of the transaction has succeeded.

        Args:
            marker: names who commits.
            mark: kept with the transaction, so that `outcome.ask` can find out whether it was committed.

        Raises:
            psycopg.Error: a statement or the COMMIT failed; nothing was saved.
            ConnectionLost: the connection ended; `is_committing` tells whether the outcome is in doubt.
        """
        if self.is_single:
            self._pipeline.wait()
            self.check()
            return
        self._pipeline.send(_MARK, (marker, mark))
        self.is_committing = True
        ended = self._pipeline.send(_COMMIT)
        self._pipeline.wait()
        if self._pipeline.error is not None:
            self.is_committing = False
            raise self._pipeline.error
        if ended.result is None or ended.result.command_status != b"COMMIT":
            self.is_committing = False
            raise StoreError("The change ended the transaction it ran in.")
        if self._entry is not None:
            ((self.newest,),) = self._pipeline.load(self._entry)

    def roll_back(self, *, forget_prepared: bool) -> None:
        """Undoes everything. The server answers with the next transaction's first wait."""
        # After an error the server would skip a ROLLBACK too, up to the next Sync.
        self._pipeline.wait_for_rest()
        if forget_prepared:
            self._pipeline.forget_prepared()
        if not self.is_single:
            self._pipeline.send(_ROLLBACK)
            self._pipeline.let_go()
