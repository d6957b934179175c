"""SQLite's errors in words for people."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from core.store.errors import CopyDamaged, CopyFault, StoreError

# Primary result codes (https://sqlite.org/rescode.html) for faults of the machine, not of a statement.
_SENTENCES: Final = {
    sqlite3.SQLITE_FULL: "The disk is full, so nothing can be saved. Free space in the data folder.",
    sqlite3.SQLITE_IOERR: "The disk reported an error while saving. Check the volume of the data folder.",
    sqlite3.SQLITE_READONLY: "The database is read-only. Check the permissions of the data folder.",
    sqlite3.SQLITE_BUSY: "Another program has locked the database. Try again in a moment.",
    sqlite3.SQLITE_CANTOPEN: "The database cannot be opened. Check the data folder.",
    sqlite3.SQLITE_CORRUPT: "The database is damaged. Restore a backup.",
    sqlite3.SQLITE_NOTADB: "The database is damaged. Restore a backup.",
    sqlite3.SQLITE_NOMEM: "There is not enough memory to save this. Try again in a moment.",
}


def primary_code(error: sqlite3.Error) -> int | None:
    """The primary result code of an error (its low eight bits); None if SQLite gave none."""
    code = getattr(error, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None


def store_error(error: sqlite3.Error) -> StoreError | None:
    """The readable error for a fault of the machine; None if the statement itself was wrong."""
    sentence = _SENTENCES.get(primary_code(error) or 0)
    if sentence is None:
        return None
    readable = StoreError(sentence)
    readable.__cause__ = error
    return readable


@contextmanager
def copy_faults() -> Iterator[None]:
    """Turns SQLite's errors about a copy of the database into CopyFault and CopyDamaged."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise CopyFault(str(error)) from error
    except sqlite3.Error as error:
        raise CopyDamaged(str(error)) from error
