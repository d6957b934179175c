"""The open transaction on PostgreSQL, as work functions get it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from psycopg import errors

from core.store.postgres.pipeline import Pipeline, Sent
from core.store.postgres.statements import Statement, translate
from core.store.tx import Row, Rows, Value

_SAVEPOINT: Final = translate("SAVEPOINT helix_request")
_RELEASE: Final = translate("RELEASE helix_request")
_ROLLBACK_TO: Final = translate("ROLLBACK TO helix_request")


class PgRows:
    """The result of one or more equal statements; the first look at it waits for the server."""

    __slots__ = ("_left", "_sent", "_tx")

    def __init__(self, tx: PgTx, sent: Sequence[Sent]) -> None:
        self._tx = tx
        self._sent = sent
        self._left: Iterator[Row] | None = None

    @property
    def rowcount(self) -> int:
        """How many rows the statement inserted, changed, deleted or found."""
        results = (self._tx.answered(one).result for one in self._sent)
        return sum(result.command_tuples or 0 for result in results if result is not None)

    def fetchone(self) -> Row:
        """The next row; None if there is none left."""
        return next(iter(self), None)

    def fetchall(self) -> list[Row]:
        """The remaining rows."""
        return list(self)

    def __iter__(self) -> Iterator[Row]:
        if self._left is None:
            self._left = iter([row for one in self._sent for row in self._tx.rows(self._tx.answered(one))])
        return self._left


class PgTx:
    """A transaction, and in it the savepoint of one request after the other, where there are any.

    A statement is sent when it is executed. Whether it failed is known when rows are read, or at the end.
    """

    def __init__(self, pipeline: Pipeline, *, has_savepoints: bool) -> None:
        self._pipeline = pipeline
        self._has_savepoints = has_savepoints
        self._is_open = False

    def execute(self, sql: str, parameters: Sequence[Value] | Mapping[str, Value] = (), /) -> Rows:
        """Sends one statement."""
        return PgRows(self, (self._send(translate(sql), parameters),))

    def executemany(self, sql: str, parameters: Iterable[Sequence[Value]], /) -> Rows:
        """Sends one statement for each sequence of parameters."""
        statement = translate(sql)
        return PgRows(self, [self._send(statement, one) for one in parameters])

    def answered(self, sent: Sent) -> Sent:
        """Waits for a statement's result, if it is not there yet; raises the transaction's first error."""
        if sent.result is None:
            if self._pipeline.error is None:
                self._pipeline.wait()
            if self._pipeline.error is not None:
                raise self._pipeline.error
        return sent

    def rows(self, sent: Sent) -> list[Row]:
        """The rows of a statement that was answered."""
        return self._pipeline.load(sent)

    def release(self) -> None:
        """Ends the savepoint of a request that succeeded."""
        if self._is_open:
            self._is_open = False
            self._pipeline.send(_RELEASE)

    def undo(self) -> None:
        """Undoes everything since the request's savepoint; its first statement opened it."""
        if self._is_open:
            self._pipeline.send(_ROLLBACK_TO)
            self.release()

    def _send(self, statement: Statement, parameters: Sequence[Value] | Mapping[str, Value]) -> Sent:
        if statement.ends:
            raise errors.ActiveSqlTransaction("work cannot begin or end the transaction it runs in")
        if self._pipeline.error is not None:
            raise self._pipeline.error
        if self._has_savepoints and not self._is_open:
            self._is_open = True
            self._pipeline.send(_SAVEPOINT)
        return self._pipeline.send(statement, parameters)
