"""The files of the store: their names and sizes, and whether those that are open still have these names."""

from __future__ import annotations

import contextlib
from pathlib import Path

from core.store_errors import StoreGone


class StoreFiles:
    """The database and its write-ahead log.

    A file that was removed or replaced goes on for those who have it open, and is lost when they close it.
    The index beside the log (`-shm`) is not looked at: SQLite makes it anew from the log.
    """

    def __init__(self, path: Path) -> None:
        self._names = (path, wal_path(path))
        self._opened: dict[Path, tuple[int, int]] = {}

    def remember(self) -> None:
        """Takes note of which files these are; called once, after both were opened.

        Raises:
            OSError: one of them cannot be looked at.
        """
        self._opened = {path: _identity(path) for path in self._names}

    def gone(self) -> StoreGone | None:
        """What a change must fail with now; None while it would be kept. Two `stat` calls."""
        for path, opened in self._opened.items():
            try:
                if _identity(path) != opened:
                    return StoreGone(path.name, "was replaced")
            except FileNotFoundError:
                return StoreGone(path.name, "was removed")
            except OSError as error:
                return StoreGone(path.name, f"cannot be looked at ({error.strerror})")
        return None


def wal_path(path: Path) -> Path:
    """Where SQLite keeps the write-ahead log of a database."""
    return path.with_name(path.name + "-wal")


def file_size(path: Path) -> int:
    """The size in bytes; 0 for what is not there."""
    with contextlib.suppress(OSError):
        return path.stat().st_size
    return 0


def _identity(path: Path) -> tuple[int, int]:
    """Which file it is, whatever its name: device and inode, given to no other while it is open."""
    status = path.stat()
    return status.st_dev, status.st_ino
