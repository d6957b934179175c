"""Disk usage of all kinds of data, and free space."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from core.files.size import file_size
from core.store.moments import from_us
from core.store.sqlite.files import earlier_copies
from state.backups.manifest import EDITED_FILES
from state.journal import journal_table

if TYPE_CHECKING:
    from state.collective import Collective

# Estimated size of a row besides its texts: numbers, lengths, index entries.
_ROW_BYTES = 60


class StorageView(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes in bytes, and what is kept for how long.

    Attributes:
        database: the file and its write-ahead log.
        files: the files that people edit.
        reports: reports of self-tests (`reports/`).
        copies: copies of the database from before migrations (`helix.db.v*.bak`).
        backups: all archives together; `backups_count` of them.
        free: free space on the disk of the data folder, of `total`.
        journal_entries: number of entries; `journal_bytes` estimates their share of the database.
        journal_since: when the oldest entry was made; None if the journal is empty.
        last_backup: when the newest good backup was made; None if there is none.
        next_backup: when the next backup is due.
        rules: what is kept of each kind, in words.
    """

    database: int
    files: int
    reports: int
    copies: int
    backups: int
    backups_count: int
    free: int
    total: int
    journal_entries: int
    journal_bytes: int
    journal_since: datetime | None
    last_backup: datetime | None
    next_backup: datetime
    rules: Mapping[str, str]


async def fetch_storage(collective: Collective) -> StorageView:
    """The present sizes; reads the disk and the store."""
    folder, records = collective.kernel.settings.data_dir, collective.backups.list()
    path = collective.kernel.settings.database_path
    files, reports, copies, (total, free) = await asyncio.to_thread(_look, folder, path)
    stats = collective.database.stats()
    entries, characters, since_us = await collective.database.read(journal_table.size)
    return StorageView(
        database=stats.size_bytes + stats.wal_bytes,
        files=files,
        reports=reports,
        copies=copies,
        backups=sum(record.size_bytes for record in records),
        backups_count=len(records),
        free=free,
        total=total,
        journal_entries=entries,
        journal_bytes=characters + entries * _ROW_BYTES,
        journal_since=None if since_us is None else from_us(since_us),
        last_backup=collective.backups.last_good_at,
        next_backup=collective.backup_schedule.due_at(),
        rules=collective.retention.rules(),
    )


def _look(folder: Path, database: Path) -> tuple[int, int, int, tuple[int, int]]:
    usage = shutil.disk_usage(folder)
    return (
        sum(file_size(folder / name) for name in EDITED_FILES),
        sum(file_size(path) for path in folder.glob("reports/*")),
        sum(file_size(path) for path in earlier_copies(database)),
        (usage.total, usage.free),
    )
