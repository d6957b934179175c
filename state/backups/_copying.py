"""The copy of the database that goes into an archive; imported only when one is made."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from core.runtime.in_thread import in_thread
from core.store.copying import copy_rows
from core.store.sqlite.copying import copy_in_use
from core.version import VERSION
from state.backups import backup_table
from state.backups._source import CopyStopped, Source, Stopped


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
