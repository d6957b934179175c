"""Opens an archive that may be damaged or forged, and checks all of it.

It is parsed here instead of by `tarfile`'s extraction: only regular files of the expected names in the
expected order are accepted, so paths, links, devices and extended headers cannot do harm.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import stat
import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final, cast

import msgspec

from core.files.flush import flush
from core.store.errors import CopyDamaged, CopyFault
from core.store.migrations import Migration
from core.store.sqlite.inspecting import (
    Difference,
    bookkeeping_difference,
    open_untrusted,
    recorded_steps,
    schema_difference,
    schema_step,
)
from core.store.tx import Tx
from state.backups._source import CopyStopped, Stopped
from state.backups.manifest import MANIFEST, MANIFEST_BYTES, BadBackup, Manifest, Part, decode_manifest
from state.models import InvalidUCF, Snapshot
from state.snapshot_table import read_snapshot

_CHUNK: Final = 1024 * 1024
_SPARE_BYTES: Final = 16 * 1024 * 1024
_NAME_SHOWN: Final = 80
_DAMAGED: Final = "The backup is damaged or cut off"


def hash_file(path: Path, stopped: Stopped = lambda: False) -> str:
    """SHA-256 of a file, in hexadecimal; raises CopyStopped if `stopped` returns True."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if stopped():
                raise CopyStopped
            found.update(chunk)
    return found.hexdigest()


def unpack(
    archive: Path,
    folder: Path,
    *,
    stopped: Stopped = lambda: False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Manifest:
    """Unpacks an archive into an empty folder; checks each part against the manifest.

    Raises:
        BadBackup: it does not match its manifest, or is no backup; what was unpacked stays behind.
        CopyStopped: `stopped` returned True.
        OSError: it cannot be read, or its parts cannot be written.
    """
    try:
        descriptor = os.open(archive, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise BadBackup(f"There is no file {archive}.") from error
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise BadBackup(f"{archive} is not a regular file.")
        stream = cast("BinaryIO", gzip.GzipFile(fileobj=file, mode="rb"))
        try:
            return _unpack(stream, folder, stopped, progress)
        except gzip.BadGzipFile as error:
            raise BadBackup(f"{_DAMAGED}, or it is no backup ({error}).") from error
        except (EOFError, zlib.error, tarfile.HeaderError) as error:
            raise BadBackup(f"{_DAMAGED} ({error}).") from error


def check_database(
    path: Path, manifest: Manifest, migrations: tuple[Migration, ...], *, stopped: Stopped = lambda: False
) -> Snapshot:
    """Checks an unpacked database completely, and returns the state in it.

    Raises:
        BadBackup: it is damaged, does not match the manifest, or is from a later Helix.
        CopyStopped: `stopped` returned True.
    """
    if stopped():
        raise CopyStopped
    try:
        with open_untrusted(path, stopped=stopped) as tx:
            _check_schema(tx, manifest, migrations)
            snapshot = read_snapshot(tx)
    except CopyDamaged as error:
        raise BadBackup(f"The database in the backup is damaged ({error}).") from error
    except CopyFault as error:
        if stopped():
            raise CopyStopped from error
        raise BadBackup(f"The database in the backup cannot be read ({error}).") from error
    except (msgspec.MsgspecError, InvalidUCF, OverflowError, TypeError, ValueError) as error:
        # The last three: a value of another type or size than Helix writes, or bytes that are not text.
        raise BadBackup(f"The database in the backup is damaged ({error}).") from error
    if snapshot is None or snapshot.version != manifest.state_version:
        raise BadBackup("The database in the backup does not hold the state that the manifest names.")
    return snapshot


def _check_schema(tx: Tx, manifest: Manifest, migrations: tuple[Migration, ...]) -> None:
    # Checked before reading: a view called `applied_migrations` could run for ever.
    _refuse(bookkeeping_difference(tx))
    step, applied = schema_step(tx), recorded_steps(tx)
    if step != manifest.schema_step or max(applied, default=0) != step:
        raise BadBackup("The database in the backup does not have the schema that the manifest names.")
    unknown = applied - {migration.number for migration in migrations}
    if unknown:
        raise BadBackup(
            f"The backup was made by Helix {manifest.helix} (schema step {max(unknown)}), which is newer "
            f"than this Helix. Use Helix {manifest.helix} or later."
        )
    _refuse(schema_difference(tx, [one for one in migrations if one.number in applied]))


def _refuse(difference: Difference | None) -> None:
    """Refuses a schema that Helix did not make: its triggers and views would run later."""
    if difference is not None:
        what = "adds or changes" if difference.found else "lacks or changes"
        raise BadBackup(
            f"The schema of the database in the backup is not one of Helix: it {what} the {difference.kind} "
            f"{difference.name[:_NAME_SHOWN]!r}. Use a backup as Helix made it."
        )


def _unpack(
    stream: BinaryIO, folder: Path, stopped: Stopped, progress: Callable[[int, int], None]
) -> Manifest:
    head = _header(stream)
    if head.name != MANIFEST or head.size > MANIFEST_BYTES:
        raise BadBackup("This is no backup of Helix: it does not begin with a manifest.")
    manifest = decode_manifest(_exactly(stream, head.size))
    _skip_padding(stream, head.size)
    total = sum(part.size for part in manifest.parts)
    free = shutil.disk_usage(folder).free
    if total + _SPARE_BYTES > free:
        raise BadBackup(
            f"There is not enough space to unpack the backup: it needs {total:,} bytes and {_SPARE_BYTES:,} "
            f"to spare, and {folder} has {free:,}. Free space there, then try again."
        )
    done = 0
    for part in manifest.parts:
        head = _header(stream)
        if head.name != part.name or head.size != part.size:
            raise BadBackup(f"The backup does not match its manifest: {part.name} is missing or changed.")
        for size in _take(stream, part, folder / part.name):
            if stopped():
                raise CopyStopped
            done += size
            progress(done, total)
        _skip_padding(stream, part.size)
    if any(_exactly(stream, 2 * tarfile.BLOCKSIZE)) or stream.read(1):
        raise BadBackup("The backup contains more than its manifest lists.")
    return manifest


def _take(stream: BinaryIO, part: Part, target: Path) -> Iterator[int]:
    """Writes one part; yields the size of each chunk that was written."""
    found = hashlib.sha256()
    left = part.size
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        while left:
            chunk = _exactly(stream, min(left, _CHUNK))
            found.update(chunk)
            file.write(chunk)
            left -= len(chunk)
            yield len(chunk)
    if found.hexdigest() != part.sha256:
        raise BadBackup(f"The backup is damaged or changed: the SHA-256 of {part.name} differs.")
    flush(target)


def _header(stream: BinaryIO) -> tarfile.TarInfo:
    head = tarfile.TarInfo.frombuf(_exactly(stream, tarfile.BLOCKSIZE), "utf-8", "surrogateescape")
    if head.type != tarfile.REGTYPE or head.size < 0:
        raise BadBackup("The backup is refused: it contains something other than regular files.")
    return head


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = stream.read(size - len(data))
        if not more:
            raise EOFError("it ends too early")
        data += more
    return data


def _skip_padding(stream: BinaryIO, size: int) -> None:
    if any(_exactly(stream, -size % tarfile.BLOCKSIZE)):
        raise BadBackup("The backup is refused: there are extra bytes between its files.")
