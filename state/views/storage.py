"""How much room everything takes, and how much is left."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from core.store.moments import from_us
from core.store.sqlite.files import file_size, wal_path
from state.backups.manifest import EDITED_FILES

if TYPE_CHECKING:
    from state.collective import Collective

# What a row takes besides its texts: numbers, lengths, its places in the indexes.
_ROW_BYTES = 60


class StorageView(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes in bytes, and what is kept for how long.

    Attributes:
        database: the file and its write-ahead log.
        files: those that people edit.
        reports: of the self-tests (`reports/`).
        copies: what was kept of the database before its schema changed (`helix.db.v*.bak`).
        backups: of all archives together; `backups_count` of them.
        free: what the disk of the data folder has left, of `total`.
        journal_entries: how many; `journal_bytes` is about what they take of the database.
        journal_since: when the oldest entry was made; None in an empty journal.
        last_backup: when the newest good one was made; None while there is none.
        next_backup: when the next one is due.
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
    """The sizes now; looks at the disk and asks the store."""
    folder, records = collective.kernel.settings.data_dir, collective.backups.list()
    path = collective.database.path
    database, files, reports, copies, (total, free) = await asyncio.to_thread(_look, folder, path)
    entries, size, since = await collective.database.read(_journal)
    return StorageView(
        database=database,
        files=files,
        reports=reports,
        copies=copies,
        backups=sum(record.size_bytes for record in records),
        backups_count=len(records),
        free=free,
        total=total,
        journal_entries=entries,
        journal_bytes=size,
        journal_since=since,
        last_backup=collective.backups.last_good_at,
        next_backup=collective.backup_schedule.due_at(),
        rules=collective.retention.rules(),
    )


def _look(folder: Path, database: Path) -> tuple[int, int, int, int, tuple[int, int]]:
    usage = shutil.disk_usage(folder)
    return (
        file_size(database) + file_size(wal_path(database)),
        sum(file_size(folder / name) for name in EDITED_FILES),
        sum(file_size(path) for path in folder.glob("reports/*")),
        sum(file_size(path) for path in folder.glob(f"{database.name}.v*.bak")),
        (usage.total, usage.free),
    )


def _journal(connection: sqlite3.Connection) -> tuple[int, int, datetime | None]:
    texts = ("kind", "subject", "actor", "cause", "reason", "before", "after")
    size = " + ".join(f"coalesce(length({text}), 0)" for text in texts)
    entries, texts_size, since = connection.execute(
        f"SELECT count(*), coalesce(sum({size}), 0), min(at_us) FROM journal"  # noqa: S608 - our own names
    ).fetchone()
    return entries, texts_size + entries * _ROW_BYTES, None if since is None else from_us(since)
