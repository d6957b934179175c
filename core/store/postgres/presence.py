"""Who uses the database: running processes share a lock, and a command that needs it alone takes all of it.

The lock belongs to the session of the writer, so it is gone as soon as that process is.
"""

from __future__ import annotations

from typing import Any, Final

import psycopg

from core.store.errors import DatabaseUnusable

_SHARED: Final = b"SELECT pg_try_advisory_lock_shared(1212501067, hashtext(current_schema()))"
_ALONE: Final = b"SELECT pg_try_advisory_lock(1212501067, hashtext(current_schema()))"


def claim(connection: psycopg.Connection[Any], *, alone: bool) -> None:
    """Claims the database for the session of this connection.

    Raises:
        DatabaseUnusable: a process runs on it (`alone`), or a command has it alone at present.
    """
    if connection.execute(_ALONE if alone else _SHARED).fetchone() == (True,):
        return
    if alone:
        raise DatabaseUnusable(
            "Helix runs on the database of DATABASE_URL, so nothing was changed. Stop it first, on every "
            "machine, then try again."
        )
    raise DatabaseUnusable(
        "The database of DATABASE_URL is being restored, moved or erased at present. Start Helix when that "
        "command has ended."
    )
