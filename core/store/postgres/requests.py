"""Requests that need no lock among the writers, and frequent items that one statement writes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from core.store.sqlite.write_request import ItemRequest, Request
from core.store.tx import Row, Rows, Tx

T = TypeVar("T")
Item = TypeVar("Item")


class FreeRequest(Request[T]):
    """A request whose unique keys suffice: it runs beside those of other processes, and may run twice."""

    __slots__ = ()


def is_free(request: Request[Any]) -> bool:
    """Whether the request needs no lock among the writers."""
    return isinstance(request, FreeRequest | ItemRequest)


class OneStatement(Generic[Item, T]):
    """A `many` of `write_item` that is one statement, so that PostgreSQL takes it and its COMMIT at once.

    Args:
        sql: the statement; what it inserts must have a unique key, since it may run twice.
        bind: the statement's values for the items. On PostgreSQL a value may be a list, as an array.
        read: the result for each item, in order, from the rows that the statement returned.
    """

    def __init__(
        self,
        sql: str,
        bind: Callable[[Sequence[Item]], Sequence[Any]],
        read: Callable[[Sequence[Item], Sequence[Row]], Sequence[T | Exception]],
    ) -> None:
        self._sql = sql
        self._bind = bind
        self._read = read

    def __call__(self, tx: Tx, items: Sequence[Item]) -> Sequence[T | Exception]:
        """Writes the items and waits for the results."""
        return self.results(items, self.send(tx, items))

    def send(self, tx: Tx, items: Sequence[Item]) -> Rows:
        """Executes the statement; nothing waits for it."""
        return tx.execute(self._sql, self._bind(items))

    def results(self, items: Sequence[Item], rows: Rows) -> Sequence[T | Exception]:
        """The results of the items; waits unless the transaction has ended."""
        return self._read(items, rows.fetchall())
