"""The content of a store as JSON lines, which any engine writes and reads (format 2).

The first line is the `Head`. For each table follow a `TableStart`, one JSON array for each row in the order
of the primary key, and a `TableEnd` with the number of rows and their SHA-256. Bytes are `{"base64": "…"}`.
Tables that are derived from others, such as the search index, are left out: loading fills them again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

import msgspec

from core.store.errors import StoreError
from core.store.names import with_names
from core.store.tx import Row, Sql, Tx, Value

T = TypeVar("T")

FORMAT: Final = 2
# Rows read or written by one statement; a body of a webhook may have 1 MiB.
_CHUNK: Final = 64

_COUNTER: Final = Sql(
    sqlite="SELECT seq FROM sqlite_sequence WHERE name = ?1 AND ?2 <> ''",
    postgres="SELECT last_value FROM pg_sequences WHERE schemaname = current_schema() AND "
    "format('%I.%I', schemaname, sequencename) = pg_get_serial_sequence(?1, ?2)",
)
# A row of sqlite_sequence is replaced by its rowid, since it has no key.
_SET_COUNTER: Final = Sql(
    sqlite="INSERT OR REPLACE INTO sqlite_sequence (rowid, name, seq) "
    "SELECT (SELECT rowid FROM sqlite_sequence WHERE name = ?1), ?1, ?3 WHERE ?2 <> ''",
    postgres="SELECT setval(pg_get_serial_sequence(?1, ?2), ?3)",
)


class DumpDamaged(StoreError):
    """A dump is incomplete, changed, or of another version; the text says where."""


class Column(msgspec.Struct, frozen=True):
    """A column and its type in SQLite: TEXT, INTEGER, REAL or BLOB."""

    name: str
    kind: str


class TableShape(msgspec.Struct, frozen=True):
    """A table.

    Attributes:
        name: its name.
        columns: all columns, in order.
        key: the columns of the primary key, in order.
        counts: whether its key is a counter that never gives a number twice.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    counts: bool


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The first line: the format, the writer's version and the schema step of its database."""

    format: int
    app_version: str
    schema: int


class TableStart(msgspec.Struct, frozen=True, tag="table"):
    """Before the rows of a table: its name, columns, and the last number of its counter (0 for none)."""

    name: str
    columns: tuple[str, ...]
    counter: int


class TableEnd(msgspec.Struct, frozen=True, tag="end"):
    """After the rows of a table: their number, and the SHA-256 of their lines."""

    name: str
    rows: int
    sha256: str


def write_dump(tx: Tx, tables: Sequence[TableShape], head: Head, sink: Callable[[bytes], object]) -> None:
    """Writes all rows of the tables, as one transaction sees them; memory stays bounded."""
    sink(_line(head))
    for table in tables:
        columns = tuple(column.name for column in table.columns)
        sink(_line(TableStart(table.name, columns, _counter(tx, table))))
        digest, count = hashlib.sha256(), 0
        for row in _rows(tx, table):
            line = _line([_written(value) for value in row])
            digest.update(line)
            sink(line)
            count += 1
        sink(_line(TableEnd(table.name, count, digest.hexdigest())))


def read_dump(tx: Tx, tables: Sequence[TableShape], lines: Iterable[bytes], *, schema: int) -> Head:
    """Inserts the rows of a dump into empty tables in the open transaction.

    Args:
        tx: the transaction; roll it back if this raises.
        tables: the tables of this program.
        lines: the lines of the dump.
        schema: the schema step of this database.

    Raises:
        DumpDamaged: the dump is incomplete or changed, or its schema is another one.
    """
    reader = iter(lines)
    head = _decoded(next(reader, b""), Head)
    if (head.format, head.schema) != (FORMAT, schema):
        raise DumpDamaged(
            f"This is format {head.format} of schema step {head.schema}; this Helix reads format {FORMAT} of "
            f"step {schema}. Load it with Helix {head.app_version}, then move to this version."
        )
    for table in tables:
        _read_table(tx, table, reader)
    if next(reader, None) is not None:
        raise DumpDamaged("The dump has lines after its last table.")
    return head


def empty(tx: Tx, tables: Sequence[TableShape]) -> None:
    """Deletes all rows of the tables in the open transaction, of referencing tables first."""
    for table in reversed(tables):
        tx.execute(with_names("DELETE FROM {table}", table=table.name))


def digests(tx: Tx, tables: Sequence[TableShape]) -> Mapping[str, TableEnd]:
    """Number and SHA-256 of the rows of each table, as a dump would hold them; compares two stores."""
    found: dict[str, TableEnd] = {}
    for table in tables:
        digest, count = hashlib.sha256(), 0
        for row in _rows(tx, table):
            digest.update(_line([_written(value) for value in row]))
            count += 1
        found[table.name] = TableEnd(table.name, count, digest.hexdigest())
    return found


def _rows(tx: Tx, table: TableShape) -> Iterator[Row]:
    """All rows in the order of the key, read in chunks that begin after the last key."""
    columns = [column.name for column in table.columns]
    places = [columns.index(name) for name in table.key]
    start = with_names("SELECT {columns} FROM {table} ", columns=columns, table=table.name)
    marks = ", ".join("?" * len(table.key))
    rest = with_names("WHERE ({key}) > ", key=table.key) + f"({marks}) "
    order = with_names("ORDER BY {key} ", key=table.key) + f"LIMIT {_CHUNK}"
    first, after = start + order, start + rest + order
    rows = tx.execute(first).fetchall()
    while rows:
        yield from rows
        if len(rows) < _CHUNK:
            return
        rows = tx.execute(after, [rows[-1][place] for place in places]).fetchall()


def _read_table(tx: Tx, table: TableShape, reader: Iterator[bytes]) -> None:
    names = tuple(column.name for column in table.columns)
    start = _decoded(next(reader, b""), TableStart)
    if (start.name, start.columns) != (table.name, names):
        raise DumpDamaged(
            f"The dump has the table {start.name} where {table.name} belongs, or other columns."
        )
    marks = ", ".join("?" * len(names))
    into = with_names("INSERT INTO {table} ({columns}) ", table=table.name, columns=names)
    insert = f"{into} VALUES ({marks})"
    digest, count, chunk = hashlib.sha256(), 0, list[list[Value]]()
    for line in reader:
        if not line.startswith(b"["):
            break
        digest.update(line)
        count += 1
        chunk.append(_values(table, line))
        if len(chunk) == _CHUNK:
            tx.executemany(insert, chunk)
            chunk = []
    else:
        line = b""
    if chunk:
        tx.executemany(insert, chunk)
    end = _decoded(line, TableEnd)
    if end != TableEnd(table.name, count, digest.hexdigest()):
        raise DumpDamaged(f"The rows of {table.name} are not those that were written.")
    if start.counter:
        tx.execute(_SET_COUNTER, (table.name, table.key[0], start.counter))


def _values(table: TableShape, line: bytes) -> list[Value]:
    try:
        row = msgspec.json.decode(line, type=list[Any])
        values = [_read(value) for value in row]
    except (msgspec.MsgspecError, ValueError) as error:
        raise DumpDamaged(f"A row of {table.name} cannot be read: {error}.") from error
    if len(values) != len(table.columns):
        raise DumpDamaged(f"A row of {table.name} has {len(values)} values instead of {len(table.columns)}.")
    return values


def _counter(tx: Tx, table: TableShape) -> int:
    row = tx.execute(_COUNTER, (table.name, table.key[0])).fetchone() if table.counts else None
    return 0 if row is None or row[0] is None else int(row[0])


class _Bytes(msgspec.Struct, frozen=True):
    base64: bytes


def _written(value: Value) -> object:
    return _Bytes(bytes(value)) if isinstance(value, bytes | memoryview) else value


def _read(value: object) -> Value:
    if isinstance(value, dict):
        return msgspec.convert(value, _Bytes).base64
    if value is None or isinstance(value, str | int | float):
        return value
    raise ValueError(f"a value of type {type(value).__name__}")


def _line(value: object) -> bytes:
    return msgspec.json.encode(value) + b"\n"


def _decoded(line: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(line, type=kind)
    except msgspec.MsgspecError as error:
        found = "The dump ends early" if not line else "The dump is damaged"
        raise DumpDamaged(f"{found}: a line for {kind.__name__} is missing or wrong.") from error
