"""`python main.py restore FILE`: restores a backup completely or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from core.errors import StartError
from core.files.atomic import PUBLIC
from core.files.flush import flush
from core.files.rights import keep_rights
from core.store.errors import CopyFault
from core.store.migrations import Migration
from core.store.sqlite.files import earlier_copies
from core.store.sqlite.inspecting import open_to_read
from core.store.sqlite.offline import open_offline, transaction
from core.version import VERSION
from state.backups import backup_table, folder_swap
from state.backups._archive import check_database, unpack
from state.backups.backup_table import named_moment
from state.backups.folder import FOLDER
from state.backups.manifest import DATABASE, BadBackup, Manifest
from state.change import JournalRow
from state.journal import insert_rows
from state.models import Snapshot
from state.projection import projection_table
from state.projection.agents_document import AgentsDocument
from state.projection.documents import Document, UCFDocument
from state.slo import slo_table
from state.snapshot_table import read_snapshot, read_version, write_history, write_snapshot

_DOCUMENTS: Final[tuple[Document, ...]] = (UCFDocument(), AgentsDocument())


class RestoreRefused(StartError):
    """The restore was refused and nothing was changed; the text says why."""


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a restore.

    Attributes:
        snapshot: the state, under its new version.
        counts: number of rows by table.
        aside: where the previous data is now; None if there was none.
        backups: how many archives were taken over from the previous data folder.
    """

    manifest: Manifest
    snapshot: Snapshot
    counts: dict[str, int]
    aside: Path | None
    backups: int


def parse_file(text: str | None) -> Path:
    """The path of the backup that was named.

    Raises:
        RestoreRefused: none was named.
    """
    if not text:
        raise RestoreRefused("Give a backup: restore FILE, such as data/backups/helix-….tar.gz.")
    return Path(text)


def restore(archive: Path, folder: Path, migrations: Sequence[Migration], now: datetime) -> Restored:
    """Replaces a data folder by the content of an archive; the caller holds the folder's lock.

    Everything is prepared and checked in another folder, which then replaces this one in one step.

    Raises:
        RestoreRefused: the archive is not valid, or the disk failed; nothing was changed.
        StartError: migration impossible; nothing was changed.
    """
    folder, archive = folder.resolve(), archive.absolute()
    folder_swap.finish(folder)
    try:
        prepared = folder_swap.begin(folder)
        try:
            manifest = unpack(archive, prepared)
            check_database(prepared / DATABASE, manifest, tuple(migrations))
            new = Origin(archive.name, manifest, _version_of(folder / DATABASE))
            snapshot, counts = adopt(prepared, new, migrations, now)
            backups = _carry_over(folder, prepared)
            for path in prepared.iterdir():
                keep_rights(path, folder / path.name)
            aside = folder_swap.swap(prepared, folder, f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
        except BaseException:
            folder_swap.abandon(prepared)
            raise
    except BadBackup as error:
        raise RestoreRefused(f"{error} Nothing was changed.") from error
    except OSError as error:
        raise RestoreRefused(
            f"The disk reported an error ({error.strerror}: {error.filename}). Nothing was changed. Free "
            f"space, and check the permissions of {folder} and of its parent folder."
        ) from error
    return Restored(manifest=manifest, snapshot=snapshot, counts=counts, aside=aside, backups=backups)


def describe(done: Restored) -> str:
    """The result of a restore, as text for the operator."""
    manifest, snapshot = done.manifest, done.snapshot
    values = ", ".join(f"{name} {value:.2f}" for name, value in snapshot.ucf.as_dict().items())
    counts = ", ".join(f"{table} {count}" for table, count in done.counts.items())
    parts = ", ".join(part.name for part in manifest.parts)
    lines = [
        f"Restored the backup of {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC, made by Helix {manifest.helix}.",
        f"  state    version {manifest.state_version}, now as version {snapshot.version}: {values}",
        f"  rows     {counts}",
        f"  files    {parts}",
    ]
    if done.backups:
        lines.append(f"  backups  {done.backups} archives carried over")
    if manifest.redacted:
        redacted = ", ".join(manifest.redacted)
        lines.append(f"Secrets were replaced by *** in {redacted}: enter them there again.")
    if done.aside is not None:
        lines.append(f"The previous data is in {done.aside}. Delete it when you no longer need it.")
    return "\n".join(lines)


class Origin(msgspec.Struct, frozen=True):
    """Where the restored state comes from, and the version of the state it replaces."""

    file: str
    manifest: Manifest
    current_version: int


def adopt(
    prepared: Path, origin: Origin, migrations: Sequence[Migration], now: datetime
) -> tuple[Snapshot, dict[str, int]]:
    """Prepares the unpacked database for use: gives its state a new version, writes the state files."""
    path = prepared / DATABASE
    with open_offline(path, migrations, VERSION) as connection, transaction(connection):
        old = read_snapshot(connection)
        if old is None:
            raise BadBackup("The database in the backup holds no state.")
        # Above both, so that a version never refers to two different states.
        version = max(old.version, origin.current_version) + 1
        snapshot = msgspec.structs.replace(old, version=version, changed_at=now, source="restore")
        write_snapshot(connection, snapshot)
        write_history(connection, snapshot)
        row = JournalRow(
            kind="backup",
            subject="restore",
            cause="command",
            before={"version": old.version, "made_at": origin.manifest.made_at},
            after={"version": version, "file": origin.file},
        )
        insert_rows(connection, now, (row,))
        projection_table.forget_all(connection)
        # Helix may have run elsewhere since the backup, so the time between is not downtime.
        slo_table.forget(connection)
        for document in _DOCUMENTS:
            content = document.render(snapshot)
            _write(prepared / document.name, content)
            projection_table.confirm(connection, document.name, projection_table.digest(content))
        counts = backup_table.count_rows(connection)
    for copy in earlier_copies(path):
        # The archive replaces the copies that migrations make.
        copy.unlink()
    flush(path)
    flush(prepared)
    return snapshot, counts


def _version_of(path: Path) -> int:
    """The version of the present state; 0 if it cannot be read."""
    if not path.is_file():
        return 0
    # A damaged database must not prevent a restore.
    with contextlib.suppress(CopyFault, TypeError), open_to_read(path) as tx:
        return read_version(tx)
    return 0


def _carry_over(folder: Path, prepared: Path) -> int:
    """Hard-links the archives of the old folder into the new one; returns how many."""
    found = [path for path in (folder / FOLDER).glob("*") if named_moment(path.name) is not None]
    carried = 0
    if found:
        (prepared / FOLDER).mkdir(mode=0o700)
    for path in found:
        with contextlib.suppress(OSError):
            os.link(path, prepared / FOLDER / path.name, follow_symlinks=False)
            carried += 1
    if found:
        flush(prepared / FOLDER)
    return carried


def _write(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    path.write_bytes(content)
    path.chmod(PUBLIC)
    flush(path)
