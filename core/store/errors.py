"""Errors of the store; their texts name the path and what to do."""

from __future__ import annotations

from core.errors import HelixError, StartError


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


class StoreAway(StoreError):
    """The database server cannot be reached; the store connects again by itself."""


class StoreUnknown(StoreError):
    """The connection was lost at the end of a change, and nobody can say whether it was saved."""


class StoreConflict(StoreError):
    """A change breaks a constraint of the database; nothing of it was saved."""


class StoreGone(StoreError):
    """A file that the store has open was removed or replaced, so nothing written to it is kept."""

    def __init__(self, what: str) -> None:
        super().__init__(f"Nothing can be saved: {what}. An operator must put the data folder back.")
