"""The version of SQLite, and whether it has the WAL-reset bug."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Final

VERSION: Final = sqlite3.sqlite_version

# First fixed version of each series; the last one and everything after it is fixed (sqlite.org/wal.html).
_FIXED: Final = ((3, 44, 6), (3, 50, 7), (3, 51, 3))


def has_reset_bug(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> bool:
    """Whether a checkpoint during a commit can damage a database; Helix never runs both at once."""
    if version >= _FIXED[-1]:
        return False
    return not any(version[:2] == fixed[:2] and version >= fixed for fixed in _FIXED)


ENGINE: Final = f"SQLite {VERSION}"
# For the check of the store.
FACTS: Final[Mapping[str, str]] = {
    "sqlite": VERSION,
    "wal_reset_bug": "avoided" if has_reset_bug() else "fixed",
}


def describe() -> str:
    """The version, as text for an operator."""
    if not has_reset_bug():
        return ENGINE
    return f"{ENGINE}, which has the WAL-reset bug; Helix avoids it (3.51.3 and later do not have it)"
