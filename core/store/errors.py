"""Errors of the store; their texts name the path and what to do."""

from __future__ import annotations

from typing import Final

from core.errors import Away, HelixError, StartError

# The drivers of both engines have one base class of all their errors, called so (PEP 249).
_ENGINES: Final = frozenset({"sqlite3", "psycopg"})


class DatabaseUnusable(StartError):
    """The database cannot be opened: folder missing or read-only, file locked, migration failed."""


class DatabaseCorrupt(StartError):
    """The file is not a database, or its pages are inconsistent."""


class DatabaseTooNew(StartError):
    """A later version has changed the schema; the text names the version that can read it."""


class StoreError(HelixError):
    """A change could not be saved, not even in part. The cause is the engine's error."""


class StoreOverloaded(StoreError):
    """More reads or writes wait than the store accepts."""


class StoreClosed(StoreError):
    """The store has been closed, or its opening failed."""


class StoreAway(StoreError, Away):
    """The database server cannot be reached; the store connects again by itself."""


class StoreUnknown(StoreError):
    """The connection was lost at the end of a change, and nobody can say whether it was saved."""


class StoreConflict(StoreError):
    """A change breaks a constraint of the database; nothing of it was saved."""


class CopyFault(StoreError):
    """A copy of the database could not be made, read or changed; the text is what the engine says."""


class CopyDamaged(CopyFault):
    """Pages or values of a copy of the database are not what they should be."""


class StoreGone(StoreError):
    """A file that the store has open was removed or replaced, so nothing written to it is kept."""

    def __init__(self, what: str) -> None:
        super().__init__(f"Nothing can be saved: {what}. An operator must put the data folder back.")


def is_engines_own(error: BaseException) -> bool:
    """Whether an engine refused a statement, which no fault of the machine explains; imports no engine."""
    return any(
        base.__name__ == "Error" and base.__module__.partition(".")[0] in _ENGINES
        for base in type(error).__mro__
    )
