"""What can go wrong with the store, in words that name the path and what to do."""

from __future__ import annotations

import sqlite3
from typing import Final

from core.errors import HelixError, StartError


class DatabaseUnusable(StartError):
    """The database cannot be opened: folder missing or read-only, file locked, migration failed."""


class DatabaseCorrupt(StartError):
    """The file is not a database, or its pages contradict each other."""


class DatabaseTooNew(StartError):
    """A later version of the program has changed the schema; the text names the version that reads it."""


class StoreError(HelixError):
    """A change could not be kept; nothing of it was. The cause is the `sqlite3` error."""


class StoreOverloaded(StoreError):
    """More is waiting to be written or read than the store accepts at once."""


class StoreClosed(StoreError):
    """The store has been closed, or its opening failed."""


class StoreGone(StoreError):
    """A file that the store has open is not the one under its name, so nothing that is written stays."""

    def __init__(self, what: str) -> None:
        super().__init__(f"Nothing can be saved: {what}. An operator must put the data folder back.")


# Primary result codes (https://sqlite.org/rescode.html) that are the machine's fault, not the statement's.
_SENTENCES: Final = {
    sqlite3.SQLITE_FULL: "The disk is full, so nothing can be saved. Make room in the data folder.",
    sqlite3.SQLITE_IOERR: "The disk reported an error while saving. Check the volume of the data folder.",
    sqlite3.SQLITE_READONLY: "The database is read-only. Check the permissions of the data folder.",
    sqlite3.SQLITE_BUSY: "Another program has locked the database. Try again in a moment.",
    sqlite3.SQLITE_CANTOPEN: "The database cannot be opened. Check the data folder.",
    sqlite3.SQLITE_CORRUPT: "The database is damaged. Restore a backup.",
    sqlite3.SQLITE_NOTADB: "The database is damaged. Restore a backup.",
    sqlite3.SQLITE_NOMEM: "There is not enough memory to save this.",
}


def primary_code(error: sqlite3.Error) -> int | None:
    """The primary result code of an error (its low eight bits), or None where SQLite gave none."""
    code = getattr(error, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None


def store_error(error: sqlite3.Error) -> StoreError | None:
    """The readable error for a failure of the machine, or None when the statement itself was wrong."""
    sentence = _SENTENCES.get(primary_code(error) or 0)
    if sentence is None:
        return None
    readable = StoreError(sentence)
    readable.__cause__ = error
    return readable
