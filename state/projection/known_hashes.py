"""Which contents of a projected file are our own: the last one confirmed on disk, and those committed since.

Kept in the database, in the transaction of the change that they belong to, so that the next start can tell a
file that merely lags from one that was edited.
"""

from __future__ import annotations

import hashlib
import sqlite3
from typing import Final

# While a refused edit stands, changes go on and each commits a content that is not written. Of those only the
# newest can have reached the disk.
_COMMITTED_LIMIT: Final = 256


def digest(content: bytes) -> bytes:
    """What a content is known by: SHA-256."""
    return hashlib.sha256(content).digest()


def known(connection: sqlite3.Connection, file: str) -> frozenset[bytes]:
    """Every content that is ours."""
    rows = connection.execute("SELECT hash FROM projection WHERE file = ?", (file,))
    return frozenset(bytes(row[0]) for row in rows)


def commit(connection: sqlite3.Connection, file: str, content_hash: bytes) -> None:
    """A content that will be written: it is ours from now on, whether it gets there or not."""
    connection.execute(
        "INSERT INTO projection (file, hash, confirmed) VALUES (?, ?, 0) ON CONFLICT (file, hash) DO UPDATE "
        "SET serial = (SELECT max(serial) + 1 FROM projection)",
        (file, content_hash),
    )
    connection.execute(
        "DELETE FROM projection WHERE file = ?1 AND confirmed = 0 AND serial NOT IN "
        "(SELECT serial FROM projection WHERE file = ?1 ORDER BY serial DESC LIMIT ?2)",
        (file, _COMMITTED_LIMIT),
    )


def confirm(connection: sqlite3.Connection, file: str, content_hash: bytes) -> None:
    """A content is on the disk: what came before it is ours no more, so putting it back is an edit."""
    commit_if_new = "INSERT INTO projection (file, hash, confirmed) VALUES (?, ?, 1) ON CONFLICT DO NOTHING"
    connection.execute(commit_if_new, (file, content_hash))
    connection.execute(
        "DELETE FROM projection WHERE file = ?1 AND serial < "
        "(SELECT serial FROM projection WHERE file = ?1 AND hash = ?2)",
        (file, content_hash),
    )
    connection.execute("UPDATE projection SET confirmed = (hash = ?2) WHERE file = ?1", (file, content_hash))


def adopt(connection: sqlite3.Connection, file: str, content_hash: bytes, rendered_hash: bytes) -> None:
    """An edit was imported: it is what stands on the disk, and our own form of it may follow."""
    connection.execute("DELETE FROM projection WHERE file = ?", (file,))
    confirm(connection, file, content_hash)
    if rendered_hash != content_hash:
        commit(connection, file, rendered_hash)
