"""Which SQLite runs, and whether it has the WAL-reset bug."""

from __future__ import annotations

import sqlite3
from typing import Final

VERSION: Final = sqlite3.sqlite_version

# The versions that mend it, each for its own series; the last one and all after it (sqlite.org/wal.html).
_FIXED: Final = ((3, 44, 6), (3, 50, 7), (3, 51, 3))


def has_reset_bug(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> bool:
    """Whether a checkpoint beside a commit can damage a database; Helix never lets the two meet."""
    if version >= _FIXED[-1]:
        return False
    return not any(version[:2] == fixed[:2] and version >= fixed for fixed in _FIXED)


def describe() -> str:
    """The version, for an operator."""
    if not has_reset_bug():
        return f"SQLite {VERSION}"
    return f"SQLite {VERSION}, which has the WAL-reset bug; Helix avoids it (3.51.3 and later do not have it)"
