"""`python main.py restore FILE` with DATABASE_URL: puts a backup in the place of a server's database."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from core.files.flush import flush
from core.files.rights import keep_rights
from core.store import Store, Tx
from core.store.copying import copy_rows
from core.store.dump import FORMAT, Head, empty, read_dump, write_dump
from core.store.migrations import Migration
from core.store.sqlite.inspecting import open_to_read
from core.store.sqlite.shape import shape_of
from core.version import VERSION
from state.backups._archive import check_database, unpack
from state.backups.folder import remove_tree
from state.backups.manifest import DATABASE, EDITED_FILES, BadBackup
from state.backups.restore import Origin, Restored, RestoreRefused, adopt
from state.snapshot_table import read_snapshot

# Without these, a killed restore leaves no file that the next start would take for an edit.
_STATE_FILES = EDITED_FILES[:2]


async def restore_into(
    store: Store, archive: Path, folder: Path, migrations: Sequence[Migration], now: datetime
) -> Restored:
    """Replaces all rows of a server's database by those of an archive, in one transaction.

    The caller holds the lock of the data folder and has the database alone. The rows and files of before are
    kept in `before-restore-<time>` in the data folder.

    Raises:
        RestoreRefused: the archive is not valid, or the disk failed; nothing was changed.
        StoreError, StartError: the server or a migration failed; the database was not changed.
    """
    prepared = Path(await asyncio.to_thread(tempfile.mkdtemp, dir=folder, prefix=".restore-"))
    try:
        manifest = await asyncio.to_thread(unpack, archive, prepared)
        await asyncio.to_thread(check_database, prepared / DATABASE, manifest, tuple(migrations))
        before = await store.read(read_snapshot)
        new = Origin(archive.name, manifest, 0 if before is None else before.version)
        snapshot, counts = await asyncio.to_thread(adopt, prepared, new, migrations, now)
        aside = None
        if before is not None:
            aside = folder / f"before-restore-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
            await _keep_aside(store, folder, aside, migrations)
        await _replace(store, prepared, folder, migrations)
        await asyncio.to_thread(_place_files, prepared, folder)
    except BadBackup as error:
        raise RestoreRefused(f"{error} Nothing was changed.") from error
    except OSError as error:
        raise RestoreRefused(
            f"The disk reported an error ({error.strerror}: {error.filename}). The database was not changed. "
            f"Free space, and check the permissions of {folder}."
        ) from error
    finally:
        await asyncio.to_thread(remove_tree, prepared)
    return Restored(manifest=manifest, snapshot=snapshot, counts=counts, aside=aside, backups=0)


async def _keep_aside(store: Store, folder: Path, aside: Path, migrations: Sequence[Migration]) -> None:
    def copy_files() -> None:
        for name in EDITED_FILES:
            if (folder / name).is_file():
                shutil.copy2(folder / name, aside / name)

    await asyncio.to_thread(aside.mkdir, 0o700)
    await copy_rows(
        store,
        aside / DATABASE,
        migrations,
        app_version=VERSION,
        on_step=lambda _done, _total: None,
        amend=lambda _tx: None,
    )
    await asyncio.to_thread(copy_files)


async def _replace(store: Store, prepared: Path, folder: Path, migrations: Sequence[Migration]) -> None:
    tables = shape_of(migrations)
    head = Head(format=FORMAT, app_version=VERSION, schema=max(one.number for one in migrations))

    def dump(file: BinaryIO) -> None:
        with open_to_read(prepared / DATABASE) as tx:
            write_dump(tx, tables, head, file.write)
        for name in _STATE_FILES:
            (folder / name).unlink(missing_ok=True)

    with await asyncio.to_thread(tempfile.TemporaryFile, "w+b", dir=prepared) as file:
        await asyncio.to_thread(dump, file)

        def load(tx: Tx) -> None:
            file.seek(0)
            empty(tx, tables)
            read_dump(tx, tables, file, schema=head.schema)

        await store.write(load)


def _place_files(prepared: Path, folder: Path) -> None:
    for name in EDITED_FILES:
        if (prepared / name).is_file():
            keep_rights(prepared / name, folder / name)
            (prepared / name).replace(folder / name)
    flush(folder)
