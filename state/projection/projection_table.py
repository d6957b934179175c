"""The contents of a projected file that Helix itself wrote: the last one confirmed on disk, and later ones.

Stored in the transaction of the change they belong to, so that the next start can tell an old file from an
edited one.
"""

from __future__ import annotations

import hashlib
from typing import Final

from core.store.tx import Tx

# While a refused edit blocks the file, each change commits a content that is not written. Only the newest
# ones can have reached the disk, so older ones are deleted.
_COMMITTED_LIMIT: Final = 256


def digest(content: bytes) -> bytes:
    """The SHA-256 by which a content is recognised."""
    return hashlib.sha256(content).digest()


def known(tx: Tx, file: str) -> frozenset[bytes]:
    """The hashes of all contents that are ours."""
    rows = tx.execute("SELECT hash FROM projection WHERE file = ?", (file,))
    return frozenset(bytes(row[0]) for row in rows)


def commit(tx: Tx, file: str, content_hash: bytes) -> None:
    """Stores a content that will be written; it counts as ours from now on, even if it never gets there."""
    tx.execute(
        "INSERT INTO projection (file, hash, confirmed) VALUES (?, ?, 0) ON CONFLICT (file, hash) DO UPDATE "
        "SET serial = (SELECT max(serial) + 1 FROM projection)",
        (file, content_hash),
    )
    tx.execute(
        "DELETE FROM projection WHERE file = ?1 AND confirmed = 0 AND serial NOT IN "
        "(SELECT serial FROM projection WHERE file = ?1 ORDER BY serial DESC LIMIT ?2)",
        (file, _COMMITTED_LIMIT),
    )


def confirm(tx: Tx, file: str, content_hash: bytes) -> None:
    """Marks a content as written; earlier ones no longer count as ours, so restoring one is an edit."""
    commit_if_new = "INSERT INTO projection (file, hash, confirmed) VALUES (?, ?, 1) ON CONFLICT DO NOTHING"
    tx.execute(commit_if_new, (file, content_hash))
    tx.execute(
        "DELETE FROM projection WHERE file = ?1 AND serial < "
        "(SELECT serial FROM projection WHERE file = ?1 AND hash = ?2)",
        (file, content_hash),
    )
    tx.execute("UPDATE projection SET confirmed = (hash = ?2) WHERE file = ?1", (file, content_hash))


def adopt(tx: Tx, file: str, content_hash: bytes, rendered_hash: bytes) -> None:
    """Stores an imported edit as the file's content, and our own rendering of it as the next one."""
    tx.execute("DELETE FROM projection WHERE file = ?", (file,))
    confirm(tx, file, content_hash)
    if rendered_hash != content_hash:
        commit(tx, file, rendered_hash)
