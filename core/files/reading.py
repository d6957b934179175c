"""Reads small files that people edit. Refuses anything but a regular file, so that a read cannot block."""

from __future__ import annotations

import errno
import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from core.errors import HelixError
from core.files.uninterrupted import uninterrupted

SIZE_LIMIT: Final = 64 * 1024


class RefusedEdit(HelixError):
    """The file's content is not accepted.

    Attributes:
        reason: why, as text for people.
        line: counted from 1; None if the whole file is meant.
        column: likewise.
    """

    def __init__(self, reason: str, line: int | None = None, column: int | None = None) -> None:
        self.reason = reason
        self.line = line
        self.column = column
        where = "" if line is None else f"line {line}"
        where += "" if column is None else f", column {column}"
        super().__init__(f"{where}: {reason}" if where else reason)


class UnreadFile(HelixError):
    """The file could not be read now, so its content is unknown. Try again."""


class FileContent(msgspec.Struct, frozen=True):
    """The content of a file, and when it was last written."""

    data: bytes
    modified_at: datetime


async def read_edit_file(path: Path) -> FileContent | None:
    """The content of a file; None if there is none.

    Does not follow links, and closes anything but a regular file at once: reading a FIFO would block.

    Raises:
        RefusedEdit: it is not a regular file, may not be read, or is larger than 64 KiB.
        UnreadFile: the machine could not read it now (no free descriptor, no memory, a disk error).
    """
    try:
        content = await uninterrupted(_read(path))
    except FileNotFoundError:
        return None
    except OSError as error:
        refusal = _refusal(error)
        if refusal is None:
            raise UnreadFile(f"it cannot be read now ({error.strerror or error})") from error
        raise refusal from error
    if len(content.data) > SIZE_LIMIT:
        raise RefusedEdit(f"it is larger than {SIZE_LIMIT // 1024} KiB; make it smaller")
    return content


async def _read(path: Path) -> FileContent:
    # aiofiles: required by the product's definition for the files people edit; imported on first use.
    import aiofiles

    async with aiofiles.open(path, "rb", opener=_open_plain) as file:
        data = await file.read(SIZE_LIMIT + 1)
        return FileContent(
            data, datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime_ns // 1000 / 1_000_000, UTC)
        )


def _open_plain(path: str, _flags: int) -> int:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return descriptor
    os.close(descriptor)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    raise OSError(errno.ENXIO, "it is not a regular file")


def _refusal(error: OSError) -> RefusedEdit | None:
    """The refusal for an error about the file itself; None for any other error."""
    if error.errno == errno.ELOOP:
        return RefusedEdit("it is a symbolic link; replace it by a regular file")
    if error.errno == errno.EISDIR:
        return RefusedEdit("it is a folder; replace it by a regular file")
    if error.errno == errno.ENXIO:
        return RefusedEdit("it is not a regular file; replace it by one")
    if error.errno in {errno.EACCES, errno.EPERM}:
        return RefusedEdit(f"it cannot be read: {error.strerror or error}")
    return None
