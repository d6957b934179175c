"""What is backed up, the check for free space, and the copy of the database."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from core.errors import HelixError
from core.runtime.in_thread import in_thread
from core.store import Store
from core.store.copying import copy_rows
from core.store.migrations import Migration
from core.store.sqlite.copying import copy_in_use
from core.store.sqlite.files import bytes_in_use
from core.version import VERSION
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


async def copy_store(source: Source, target: Path, progress: Callable[[int, int], None]) -> None:
    """Copies the store as of one moment into a new SQLite file; nothing else waits for it.

    Args:
        source: what is backed up.
        target: a new file, mode 0600.
        progress: called with parts copied and parts in all, in a thread.

    Raises:
        CopyStopped: the caller was cancelled.
        CopyFault, StoreError, OSError: the disk is full, the database is damaged …
    """
    file = source.store.file
    if file is None:
        await copy_rows(
            source.store,
            target,
            source.migrations,
            app_version=VERSION,
            on_step=progress,
            amend=backup_table.forget_unfinished,
        )
    else:
        await in_thread(partial(copy_database, file, target, progress=progress))


def copy_database(
    source: Path, target: Path, stopped: Stopped, *, progress: Callable[[int, int], None]
) -> None:
    """Copies a SQLite database as of one moment; blocks, so it runs in a thread.

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
