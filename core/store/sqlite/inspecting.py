"""Reads a database file that nobody has open, such as a copy, and compares its schema with migrations."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import msgspec

from core.store.errors import CopyDamaged
from core.store.migrations import Migration
from core.store.sqlite.faults import copy_faults
from core.store.sqlite.migrating import SchemaObject, applied_numbers, expected_schema, schema_objects
from core.store.tx import Tx

# Instructions of SQLite between two questions whether to stop.
_INSTRUCTIONS: Final = 100_000


class Difference(msgspec.Struct, frozen=True):
    """An entry of a schema that differs from what the migrations make.

    Attributes:
        kind: "table", "index", "trigger" or "view".
        name: as the file has it.
        found: whether the file has the entry (added or changed), or lacks it (removed or changed).
    """

    kind: str
    name: str
    found: bool


@contextmanager
def open_to_read(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to a file of ours, for reading.

    Raises:
        CopyFault: it cannot be read.
    """
    with copy_faults(), closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA query_only = ON")
        yield connection


@contextmanager
def open_untrusted(path: Path, *, stopped: Callable[[], bool]) -> Iterator[sqlite3.Connection]:
    """A connection for reading to a file that may be damaged or forged; all its pages are checked first.

    Args:
        path: the file.
        stopped: asked again and again; True ends the statement that runs with a CopyFault.

    Raises:
        CopyDamaged: pages or values are not what they should be.
        CopyFault: it cannot be read.
    """
    with open_to_read(path) as connection:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.set_progress_handler(lambda: int(stopped()), _INSTRUCTIONS)
        for (problem,) in connection.execute("PRAGMA integrity_check(3)").fetchall():
            if problem != "ok":
                raise CopyDamaged(str(problem))
        yield connection


def schema_step(tx: Tx) -> int:
    """The number of the highest migration, as the header of the file says."""
    return int(tx.execute("PRAGMA user_version").fetchone()[0])


def recorded_steps(tx: Tx) -> set[int]:
    """The numbers of the applied migrations; ask `bookkeeping_difference` first."""
    return applied_numbers(tx)


def bookkeeping_difference(tx: Tx) -> Difference | None:
    """How the tables that record migrations differ; a view in place of one could run for ever."""
    expected = expected_schema(())
    names = {entry[1] for entry in expected}
    found = frozenset(entry for entry in schema_objects(tx) if entry[1].casefold() in names)
    return _first(found, expected)


def schema_difference(tx: Tx, migrations: Sequence[Migration]) -> Difference | None:
    """How the schema differs from what exactly these migrations make; None if it does not."""
    return _first(schema_objects(tx), expected_schema(migrations))


def _first(found: frozenset[SchemaObject], expected: frozenset[SchemaObject]) -> Difference | None:
    for entry in sorted(found ^ expected, key=str):
        return Difference(entry[0], entry[1], entry in found)
    return None
