"""Replaces files atomically, and never overwrites a concurrent edit."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

from core.errors import HelixError
from core.files.flush import flush
from core.files.reading import SIZE_LIMIT
from core.files.rename import exchange
from core.files.rights import copy_rights

# Modes for files that everybody on the machine may read, and for those that may hold a credential.
PUBLIC: Final = 0o644
PRIVATE: Final = 0o600
# No file there, or a link or socket instead.
_NO_FILE: Final = frozenset({errno.ENOENT, errno.ELOOP, errno.ENXIO})


class Overtaken(HelixError):
    """Somebody else wrote the file at the same time; their content was kept."""


def replace_file(path: Path, content: bytes, expected: bytes | None, *, new_mode: int = PUBLIC) -> None:
    """Puts `content` at `path`, which is expected to hold `expected` (None: no file).

    The new file is flushed before it takes its place, and the folder afterwards, so that after a power cut
    either the old or the new content is there. An existing file keeps its mode and owner; `new_mode` is for a
    new one. Blocks on the disk: call it in a thread.

    Raises:
        Overtaken: the file held something else at the time of the replacement; that content was kept.
        OSError: the disk is full, the folder is read-only …; the old content is in place, or beside it for
            `put_back`.
    """
    part, aside = path.with_name(f".{path.name}.part"), _aside(path)
    part.unlink(missing_ok=True)
    try:
        _write(part, content, new_mode, like=path if expected is not None else None)
        if expected is None:
            _place_new(part, path)
        else:
            if os.path.lexists(aside):
                raise FileExistsError(errno.EEXIST, "an earlier edit was not put back yet", str(aside))
            # Only complete content gets this name.
            part.rename(aside)
            _exchange(aside, path, content, expected)
    finally:
        part.unlink(missing_ok=True)
    flush(path.parent)


def put_back(path: Path, is_ours: Callable[[bytes], bool]) -> bool:
    """Restores an edit that a kill in the middle of `replace_file` left beside its file.

    If the file holds another edit by now, that one is newer and stays. Blocks on the disk.

    Args:
        path: the file.
        is_ours: whether Helix wrote a content, so that it is no person's edit.

    Returns:
        Whether an edit was restored.

    Raises:
        OSError: it cannot be read or moved now; it is still where it was.
    """
    aside = _aside(path)
    left = _content(aside)
    if left is None or is_ours(left):
        aside.unlink(missing_ok=True)
        return False
    standing = _content(path)
    if standing is None:
        with contextlib.suppress(FileExistsError):
            os.link(aside, path, follow_symlinks=False)
        aside.unlink()
    elif is_ours(standing):
        with contextlib.suppress(Overtaken):
            _exchange(aside, path, left, standing)
    else:
        aside.unlink()
    flush(path.parent)
    return _content(path) == left


def _aside(path: Path) -> Path:
    """The name of the new content until the exchange, and of the old content after it."""
    return path.with_name(f".{path.name}.new")


def _write(fresh: Path, content: bytes, mode: int, like: Path | None) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(fresh, flags, 0o600)
    try:
        os.fchmod(descriptor, mode)
        if like is not None:
            with contextlib.suppress(FileNotFoundError):
                copy_rights(descriptor, like.lstat())
        view = memoryview(content)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _place_new(part: Path, path: Path) -> None:
    try:
        os.link(part, path, follow_symlinks=False)
    except FileExistsError as error:
        raise Overtaken(f"{path.name} has just been created") from error


def _exchange(fresh: Path, path: Path, content: bytes, expected: bytes) -> None:
    """Exchanges the two names, then checks the old content: if it is an edit, exchanges them back.

    The old content is removed, unless it cannot be read.
    """
    try:
        exchanged = exchange(fresh, path)
    except FileNotFoundError as error:
        fresh.unlink()
        raise Overtaken(f"{path.name} has just been removed") from error
    if not exchanged:
        _swap_without_exchange(fresh, path, expected)
        return
    try:
        overtaken = _content(fresh) != expected
    except OSError:
        exchange(fresh, path)
        raise
    if overtaken:
        exchange(fresh, path)
        if _content(fresh) != content:
            # Edited again in between: that edit is newer.
            exchange(fresh, path)
    fresh.unlink()
    if overtaken:
        raise Overtaken(f"{path.name} has just been edited")


def _swap_without_exchange(fresh: Path, path: Path, expected: bytes) -> None:
    # Without an exchange of names, an edit between these two steps is lost.
    if _content(path) != expected:
        fresh.unlink()
        raise Overtaken(f"{path.name} has just been edited")
    fresh.replace(path)


def _content(path: Path) -> bytes | None:
    """The content of a regular file; None if there is none, or something else.

    Raises:
        OSError: it cannot be read now.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in _NO_FILE:
            return None
        raise
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        return os.read(descriptor, SIZE_LIMIT + 1)
    finally:
        os.close(descriptor)
