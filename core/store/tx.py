"""The open transaction that work functions get, and SQL that the two engines word differently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, Self, TypeAlias

# What a statement takes and a row holds: TEXT, INTEGER, REAL, BLOB and NULL.
Value: TypeAlias = str | int | float | bytes | None
# A tuple of values; which ones, only the statement says.
Row: TypeAlias = Any
# By position for `?` and `?1`, by name for `:name`.
Parameters: TypeAlias = Sequence[Value] | Mapping[str, Value]


class Rows(Protocol):
    """The result of one statement; valid until the transaction ends."""

    @property
    def rowcount(self) -> int:
        """How many rows the statement inserted, changed or deleted."""
        ...

    def fetchone(self) -> Row:
        """The next row; None if there is none left."""
        ...

    def fetchall(self) -> list[Row]:
        """The remaining rows."""
        ...

    def __iter__(self) -> Iterator[Row]: ...


class Tx(Protocol):
    """One transaction, with `?`, `?1` and `:name` as placeholders. SQLite's is its connection itself.

    Raises: StoreConflict for a broken constraint; other errors of the engine pass through work functions to
    the store, which reports them.
    """

    def execute(self, sql: str, parameters: Parameters = ..., /) -> Rows:
        """Runs one statement. On PostgreSQL it waits for the answer only when the rows are read."""
        ...

    def executemany(self, sql: str, parameters: Iterable[Sequence[Value]], /) -> Rows:
        """Runs one statement for each sequence of parameters; `rowcount` is the sum."""
        ...


class Sql(str):
    """A statement that differs by engine: the text itself is SQLite's, `postgres` is PostgreSQL's.

    Both take the same parameters. Being a string, it costs SQLite nothing.
    """

    postgres: str
    __slots__ = ("postgres",)

    def __new__(cls, *, sqlite: str, postgres: str) -> Self:
        """Both texts of one statement."""
        made = super().__new__(cls, sqlite)
        made.postgres = postgres
        return made
