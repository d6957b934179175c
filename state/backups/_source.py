"""What is backed up, and the check for free space."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from core.errors import HelixError
from core.store.migrations import Migration

OnProgress = Callable[[int, int, str], None]

_SPARE_BYTES: Final = 16 * 1024 * 1024


class BackupRefused(HelixError):
    """A backup cannot be made now; the text says why and what to do."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """What is backed up, and what must not be in it.

    Attributes:
        database: the database in use.
        folder: the data folder, with the files that people edit.
        secrets: all forms of the settings' secrets.
        migrations: all migrations that this Helix knows.
    """

    database: Path
    folder: Path
    secrets: tuple[str, ...]
    migrations: tuple[Migration, ...]


def check_room(source: Source) -> None:
    """Checks that the disk has space for a copy and its archive.

    Raises:
        BackupRefused: it has not; with the numbers.
    """
    wal = source.database.with_name(source.database.name + "-wal")
    size = source.database.stat().st_size + (wal.stat().st_size if wal.exists() else 0)
    needed, free = 2 * size + _SPARE_BYTES, shutil.disk_usage(source.folder).free
    if needed > free:
        raise BackupRefused(
            f"There is not enough space for a backup: it needs {needed / 2**20:,.1f} MiB, and the disk of "
            f"the data folder has {free / 2**20:,.1f} MiB free. Free space there, then try again."
        )
