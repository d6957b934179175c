"""The table `projection`: the contents of a projected file that Helix itself wrote.

These are the last one confirmed on disk, and later ones, stored in the transaction of the change they belong
to. By them the next start can tell an old file from an edited one.
"""

from __future__ import annotations

import hashlib
from typing import Final

from core.store.tx import Tx

# While a refused edit blocks the file, each change commits a content that is not written. Only the newest
# ones can have reached the disk, so older ones are deleted.
_COMMITTED_LIMIT: Final = 256
# The number is not the engine's own, since a content that comes again moves to the end.
_INSERT: Final = (
    "INSERT INTO projection (serial, file, hash, confirmed) "
    "VALUES ((SELECT coalesce(max(serial), 0) + 1 FROM projection), ?, ?, ?) ON CONFLICT (file, hash) "
)


def digest(content: bytes) -> bytes:
    """The SHA-256 by which a content is recognised."""
    return hashlib.sha256(content).digest()


def known(tx: Tx, file: str) -> frozenset[bytes]:
    """The hashes of all contents that are ours."""
    rows = tx.execute("SELECT hash FROM projection WHERE file = ?", (file,))
    return frozenset(bytes(row[0]) for row in rows)


def commit(tx: Tx, file: str, content_hash: bytes) -> None:
    """Stores a content that will be written; it counts as ours from now on, even if it never gets there."""
    tx.execute(f"{_INSERT} DO UPDATE SET serial = excluded.serial", (file, content_hash, 0))
    tx.execute(
        "DELETE FROM projection WHERE file = ?1 AND confirmed = 0 AND serial NOT IN "
        "(SELECT serial FROM projection WHERE file = ?1 ORDER BY serial DESC LIMIT ?2)",
        (file, _COMMITTED_LIMIT),
    )


def confirm(tx: Tx, file: str, content_hash: bytes) -> None:
    """Marks a content as written; earlier ones no longer count as ours, so restoring one is an edit."""
    tx.execute(f"{_INSERT} DO NOTHING", (file, content_hash, 1))
    tx.execute(
        "DELETE FROM projection WHERE file = ?1 AND serial < "
        "(SELECT serial FROM projection WHERE file = ?1 AND hash = ?2)",
        (file, content_hash),
    )
    tx.execute(
        "UPDATE projection SET confirmed = CASE WHEN hash = ?2 THEN 1 ELSE 0 END WHERE file = ?1",
        (file, content_hash),
    )


def adopt(tx: Tx, file: str, content_hash: bytes, rendered_hash: bytes) -> None:
    """Stores an imported edit as the file's content, and our own rendering of it as the next one."""
    tx.execute("DELETE FROM projection WHERE file = ?", (file,))
    confirm(tx, file, content_hash)
    if rendered_hash != content_hash:
        commit(tx, file, rendered_hash)


def forget_all(tx: Tx) -> None:
    """Deletes the contents of all files; each file then counts as edited."""
    tx.execute("DELETE FROM projection")
