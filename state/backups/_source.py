"""What is backed up, the check for free space, and the copy of the database."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from core.errors import HelixError
from core.store.migrations import Migration
from core.store.sqlite.copying import copy_in_use
from core.store.sqlite.files import bytes_in_use
from state.backups import backup_table

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
        database: the file of the database in use; None if a server holds it.
        folder: the data folder, with the files that people edit.
        secrets: all forms of the settings' secrets.
        migrations: all migrations that this Helix knows.
    """

    database: Path | None
    folder: Path
    secrets: tuple[str, ...]
    migrations: tuple[Migration, ...]

    def file(self) -> Path:
        """The file to copy.

        Raises:
            BackupRefused: there is none; the text says what to do.
        """
        if self.database is None:
            raise BackupRefused(
                "Helix cannot back up a database server yet. Use the server's own backups, or pg_dump with "
                "the address of DATABASE_URL."
            )
        return self.database


def check_room(source: Source) -> None:
    """Checks that there is a file to copy, and that the disk has space for the copy and its archive.

    Raises:
        BackupRefused: there is not; the text says what to do.
    """
    needed, free = 2 * bytes_in_use(source.file()) + _SPARE_BYTES, shutil.disk_usage(source.folder).free
    if needed > free:
        raise BackupRefused(
            f"There is not enough space for a backup: it needs {needed / 2**20:,.1f} MiB, and the disk of "
            f"the data folder has {free / 2**20:,.1f} MiB free. Free space there, then try again."
        )


def copy_database(
    source: Path, target: Path, *, stopped: Stopped, progress: Callable[[int, int], None]
) -> None:
    """Copies the database as of one moment; blocks, so it runs in a thread.

    Args:
        source: the database in use.
        target: a new file, mode 0600.
        stopped: asked between steps; True ends the copy.
        progress: called with pages copied and pages in all.

    Raises:
        CopyStopped: `stopped` returned True.
        CopyFault, OSError: the disk is full, the database is damaged …
    """

    def on_step(done: int, total: int) -> None:
        if stopped():
            raise CopyStopped
        progress(done, total)

    copy_in_use(source, target, on_step=on_step, amend=backup_table.forget_unfinished)
