"""Makes one archive: copies the database, redacts, compresses, and checks the result."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from core.files.flush import flush
from core.files.pack import Slice, plan
from core.files.reading import FileContent, RefusedEdit, UnreadFile, read_edit_file
from core.runtime.in_thread import in_thread
from core.runtime.worker import Worker, WorkerFailed
from core.store.sqlite.inspecting import open_to_read, schema_step
from core.version import VERSION
from state.backups import _secrets as secrets_in
from state.backups._archive import check_database, hash_file, unpack
from state.backups._copying import copy_store
from state.backups._source import BackupRefused, OnProgress, Source, Stopped
from state.backups.folder import remove_tree
from state.backups.manifest import DATABASE, EDITED_FILES, FORMAT, MANIFEST, Manifest, Part, encode_manifest
from state.snapshot_table import read_snapshot

_SLICE_BYTES: Final = 4 * 1024 * 1024
_SLICE_TIMEOUT_S: Final = 120.0
_ARCHIVE: Final = "archive.tar.gz"
# Number of attempts to read a file, and seconds between them, before it is left out.
_READS, _REREAD_S = 5, 1.0
# Percentage at which each phase ends.
_COPIED, _PACKED = 45, 80


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A finished, checked archive; `detail` says what was left out or redacted."""

    path: Path
    size_bytes: int
    sha256: str
    detail: str


class Steps:
    """Reports progress in percent, with a note at the start of a phase; callable from any thread."""

    def __init__(self, on_progress: OnProgress | None) -> None:
        self._on_progress = on_progress
        self._loop = asyncio.get_running_loop()
        self._reported = -1

    def at(self, done: int, note: str = "") -> None:
        """Reports that `done` percent are done."""
        if self._on_progress is None or (done == self._reported and not note):
            return
        self._reported = done
        self._loop.call_soon_threadsafe(self._on_progress, done, 100, note)

    def between(self, low: int, high: int) -> Callable[[int, int], None]:
        """The progress callback of a phase from `low` to `high` percent."""
        return lambda done, total: self.at(low + (high - low) * done // max(total, 1))


async def make_archive(
    source: Source, staging: Path, worker: Worker, made_at: datetime, on_progress: OnProgress | None
) -> Made:
    """Makes an archive in the folder `staging`, which the caller creates and deletes.

    Raises:
        BackupRefused, SecretInBackup, BadBackup: it was not made; the text says why.
        OSError, CopyFault, StoreError: the disk or the database failed.
    """
    steps = Steps(on_progress)
    steps.at(0, "copying the database")
    edited = await _read_edited(source)
    await copy_store(source, staging / DATABASE, steps.between(0, _COPIED))
    manifest = await in_thread(
        partial(_stage, source=source, staging=staging, made_at=made_at, edited=edited)
    )
    steps.at(_COPIED, "compressing")
    archive = staging / _ARCHIVE
    await _pack(staging, archive, manifest, worker, steps.between(_COPIED, _PACKED))
    steps.at(_PACKED, "checking the archive")
    progress = steps.between(_PACKED, 100)
    sha256 = await in_thread(
        partial(check_archive, archive, scratch=staging / "unpacked", source=source, progress=progress)
    )
    detail = list(edited.left_out)
    if manifest.redacted:
        detail.append(f"a secret was replaced by *** in {', '.join(manifest.redacted)}")
    return Made(path=archive, size_bytes=archive.stat().st_size, sha256=sha256, detail="; ".join(detail))


def check_archive(
    archive: Path,
    stopped: Stopped,
    *,
    scratch: Path,
    source: Source,
    progress: Callable[[int, int], None],
) -> str:
    """Unpacks an archive into the temporary folder `scratch` and checks all of it; returns its SHA-256.

    Raises:
        BadBackup: it does not pass.
        CopyStopped: `stopped` returned True.
    """
    remove_tree(scratch)
    scratch.mkdir(mode=0o700)
    try:
        manifest = unpack(archive, scratch, stopped=stopped, progress=progress)
        check_database(scratch / DATABASE, manifest, source.migrations, stopped=stopped)
        return hash_file(archive, stopped)
    finally:
        remove_tree(scratch)


@dataclass(frozen=True, slots=True)
class _Edited:
    """Files that people edit: redacted content, what was left out and why, names redacted."""

    contents: dict[str, bytes]
    left_out: list[str]
    redacted: list[str]


async def _read_edited(source: Source) -> _Edited:
    edited = _Edited({}, [], [])
    for name in EDITED_FILES:
        try:
            content = await _read_patiently(source.folder / name)
        except (RefusedEdit, UnreadFile) as error:
            edited.left_out.append(f"{name} was left out: {error}")
            continue
        if content is not None:
            edited.contents[name] = secrets_in.redact_text(content.data, source.secrets)
            if edited.contents[name] != content.data:
                edited.redacted.append(name)
    return edited


async def _read_patiently(path: Path) -> FileContent | None:
    for _ in range(_READS - 1):
        try:
            return await read_edit_file(path)
        except UnreadFile:
            await asyncio.sleep(_REREAD_S)
    return await read_edit_file(path)


def _stage(
    stopped: Stopped,
    *,
    source: Source,
    staging: Path,
    made_at: datetime,
    edited: _Edited,
) -> Manifest:
    """Redacts the copy of the database, and writes the manifest of what is to be packed."""
    copy = staging / DATABASE
    redacted = list(edited.redacted)
    if secrets_in.redact_database(copy, source.secrets):
        redacted.insert(0, DATABASE)
    for name, content in edited.contents.items():
        (staging / name).write_bytes(content)
    with open_to_read(copy) as tx:
        step = schema_step(tx)
        snapshot = read_snapshot(tx)
    if snapshot is None:
        raise BackupRefused("There is nothing to back up yet.")
    manifest = Manifest(
        format=FORMAT,
        helix=VERSION,
        schema_step=step,
        state_version=snapshot.version,
        made_at=made_at,
        parts=tuple(
            Part(name=name, size=(staging / name).stat().st_size, sha256=hash_file(staging / name, stopped))
            for name in (DATABASE, *edited.contents)
        ),
        redacted=tuple(redacted),
    )
    (staging / MANIFEST).write_bytes(encode_manifest(manifest))
    return manifest


async def _pack(
    staging: Path, archive: Path, manifest: Manifest, worker: Worker, progress: Callable[[int, int], None]
) -> None:
    at_s = int(manifest.made_at.timestamp())
    names = (MANIFEST, *(part.name for part in manifest.parts))
    entries = [(name, str(staging / name), (staging / name).stat().st_size, at_s) for name in names]
    slices = plan(entries, _SLICE_BYTES)
    length = 0
    for done, pieces in enumerate(slices):
        progress(done, len(slices))
        job = msgspec.json.encode(Slice(str(archive), length, tuple(pieces)))
        try:
            length = int(await worker.run("core.files.pack:pack", job, timeout_s=_SLICE_TIMEOUT_S))
        except WorkerFailed as error:
            raise OSError(f"compressing failed: {error}") from error

    def remove_copies() -> None:
        # Frees the space of the copies for the check that follows.
        for name in names:
            (staging / name).unlink()
        flush(archive)

    await asyncio.to_thread(remove_copies)
