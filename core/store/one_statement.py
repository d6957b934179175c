"""Frequent items that one statement writes, where the engine is far away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from core.store.tx import Row, Rows, Tx

T = TypeVar("T")
Item = TypeVar("Item")


class OneStatement(Generic[Item, T]):
    """A `many` of `write_item` that is one statement, so that PostgreSQL takes it and its COMMIT at once.

    Args:
        sql: the statement; what it inserts must have a unique key, since it may run twice.
        bind: the statement's values for the items. On PostgreSQL a value may be a list, as an array.
        read: the result for each item, in order, from the rows that the statement returned.
        sqlite: handles the items on SQLite, where several statements cost less than one large one.
    """

    def __init__(
        self,
        sql: str,
        bind: Callable[[Sequence[Item]], Sequence[Any]],
        read: Callable[[Sequence[Item], Sequence[Row]], Sequence[T | Exception]],
        *,
        sqlite: Callable[[Tx, Sequence[Item]], Sequence[T | Exception]] | None = None,
    ) -> None:
        self._sql = sql
        self._bind = bind
        self._read = read
        self._sqlite = sqlite

    def __call__(self, tx: Tx, items: Sequence[Item]) -> Sequence[T | Exception]:
        """Writes the items and waits for the results; PostgreSQL's writer uses `send` and `results`."""
        if self._sqlite is not None:
            return self._sqlite(tx, items)
        return self.results(items, self.send(tx, items))

    def send(self, tx: Tx, items: Sequence[Item]) -> Rows:
        """Executes the statement; nothing waits for it."""
        return tx.execute(self._sql, self._bind(items))

    def results(self, items: Sequence[Item], rows: Rows) -> Sequence[T | Exception]:
        """The results of the items; waits unless the transaction has ended."""
        return self._read(items, rows.fetchall())
