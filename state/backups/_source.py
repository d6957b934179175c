"""What is backed up, and the check for free space."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from core.errors import HelixError
from core.store import Store
from core.store.migrations import Migration
from core.store.sqlite.files import bytes_in_use

OnProgress = Callable[[int, int, str], None]
Stopped = Callable[[], bool]

_SPARE_BYTES: Final = 16 * 1024 * 1024


class BackupRefused(HelixError):
    """A backup cannot be made now; the text says why and what to do."""


class CopyStopped(Exception):
    """The caller cancelled the copy."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """What is backed up, and what must not be in it.

    Attributes:
        store: the store in use.
        folder: the data folder, with the files that people edit.
        secrets: all forms of the settings' secrets.
        migrations: all migrations that this Helix knows.
    """

    store: Store
    folder: Path
    secrets: tuple[str, ...]
    migrations: tuple[Migration, ...]


def check_room(source: Source) -> None:
    """Checks that the disk has space for a copy and its archive.

    Raises:
        BackupRefused: it has not; with the numbers.
    """
    file, free = source.store.file, shutil.disk_usage(source.folder).free
    size = source.store.stats().size_bytes if file is None else bytes_in_use(file)
    needed = 2 * size + _SPARE_BYTES
    if needed > free:
        raise BackupRefused(
            f"There is not enough space for a backup: it needs {needed / 2**20:,.1f} MiB, and the disk of "
            f"the data folder has {free / 2**20:,.1f} MiB free. Free space there, then try again."
        )
