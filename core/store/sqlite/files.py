"""The files of the store: their names and sizes, and whether those that are open still have these names."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


class StoreFiles:
    """The database and its write-ahead log.

    A file that was removed or replaced goes on for those who have it open, and is lost when they close it.
    The index beside the log (`-shm`) is not looked at: SQLite makes it anew from the log.
    """

    def __init__(self, path: Path) -> None:
        # Plain strings, since it is looked at them with each group.
        self._names = (str(path), str(wal_path(path)))
        self._opened: dict[str, tuple[int, int]] = {}

    def remember(self) -> None:
        """Takes note of which files these are; called once, after both were opened.

        Raises:
            OSError: one of them cannot be looked at.
        """
        self._opened = {name: _identity(name) for name in self._names}

    def gone(self) -> str | None:
        """Which file is not the opened one any more, in a sentence; None while both are. Two `stat` calls."""
        for name, opened in self._opened.items():
            try:
                if _identity(name) != opened:
                    return f"{Path(name).name} was replaced while Helix runs"
            except FileNotFoundError:
                return f"{Path(name).name} was removed while Helix runs"
            except OSError as error:
                return f"{Path(name).name} cannot be looked at ({error.strerror})"
        return None


def wal_path(path: Path) -> Path:
    """Where SQLite keeps the write-ahead log of a database."""
    return path.with_name(path.name + "-wal")


def file_size(path: Path) -> int:
    """The size in bytes; 0 for what is not there."""
    with contextlib.suppress(OSError):
        return path.stat().st_size
    return 0


def _identity(name: str) -> tuple[int, int]:
    """Which file it is, whatever its name: device and inode, given to no other while it is open."""
    status = os.stat(name)  # noqa: PTH116 - at half the cost of a Path
    return status.st_dev, status.st_ino
