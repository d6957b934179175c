"""The store's files: names, sizes, and whether an open file was removed or replaced."""

from __future__ import annotations

import os
from pathlib import Path

from core.files.size import file_size


class StoreFiles:
    """The database and its write-ahead log.

    A removed or replaced file stays usable for those who have it open, and is lost when they close it. The
    index beside the log (`-shm`) is not checked: SQLite rebuilds it from the log.
    """

    def __init__(self, path: Path) -> None:
        # Plain strings, since every group checks them.
        self._names = (str(path), str(wal_path(path)))
        self._opened: dict[str, tuple[int, int]] = {}

    def remember(self) -> None:
        """Records the identity of the files; called once, after both were opened.

        Raises:
            OSError: one of them cannot be read.
        """
        self._opened = {name: _identity(name) for name in self._names}

    def gone(self) -> str | None:
        """A sentence on the file that was removed or replaced; None if both are there. Two `stat` calls."""
        for name, opened in self._opened.items():
            try:
                if _identity(name) != opened:
                    return f"{Path(name).name} was replaced while Helix runs"
            except FileNotFoundError:
                return f"{Path(name).name} was removed while Helix runs"
            except OSError as error:
                return f"{Path(name).name} cannot be read ({error.strerror})"
        return None


def wal_path(path: Path) -> Path:
    """The path of a database's write-ahead log."""
    return path.with_name(path.name + "-wal")


def bytes_in_use(path: Path) -> int:
    """The size of a database and its log.

    Raises:
        OSError: there is no database.
    """
    return path.stat().st_size + file_size(wal_path(path))


def earlier_copies(path: Path) -> list[Path]:
    """The copies of a database from before migrations, which lie beside it."""
    return sorted(path.parent.glob(f"{path.name}.v*.bak"))


def _identity(name: str) -> tuple[int, int]:
    """Device and inode, which identify a file whatever its name while it is open."""
    status = os.stat(name)  # noqa: PTH116 - half the cost of a Path
    return status.st_dev, status.st_ino
