"""Replaces a file whole or not at all, and never a content that nobody has looked at."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import Final

from core.errors import HelixError
from state.edit_files import SIZE_LIMIT
from state.rename import exchange

_DEFAULT_MODE: Final = 0o644


class Overtaken(HelixError):  # noqa: N818 - it says what happened
    """Somebody wrote the file in the very moment; what they wrote stands."""


def replace_file(path: Path, content: bytes, expected: bytes | None) -> None:
    """Puts `content` at `path`, where `expected` stands now (None: nothing stands there).

    The new file is flushed before it takes the place, and the folder after it, so that after a power cut
    either the old or the new content is there. Blocks on the disk: call it in a thread.

    Raises:
        Overtaken: something else than `expected` stood there when it was replaced; it is back in its place.
        OSError: the disk is full, the folder is read-only …; nothing has changed.
    """
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    try:
        _write(fresh, content, like=path if expected is not None else None)
        if expected is None:
            _place_new(fresh, path)
        else:
            _swap(fresh, path, content, expected)
    finally:
        fresh.unlink(missing_ok=True)
    _flush_folder(path.parent)


def _write(fresh: Path, content: bytes, like: Path | None) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(fresh, flags, 0o600)
    try:
        mode = _DEFAULT_MODE
        if like is not None:
            with contextlib.suppress(FileNotFoundError):
                status = like.lstat()
                mode = stat.S_IMODE(status.st_mode)
                # A file edited by its owner stays theirs where we may give it away.
                with contextlib.suppress(PermissionError):
                    os.fchown(descriptor, status.st_uid, status.st_gid)
        os.fchmod(descriptor, mode)
        view = memoryview(content)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _place_new(fresh: Path, path: Path) -> None:
    try:
        os.link(fresh, path, follow_symlinks=False)
    except FileExistsError as error:
        raise Overtaken(f"{path.name} has just been created") from error


def _swap(fresh: Path, path: Path, content: bytes, expected: bytes) -> None:
    """Exchanges the two names, then looks at what came out: an edit of the last moment goes back in."""
    try:
        exchanged = exchange(fresh, path)
    except FileNotFoundError as error:
        raise Overtaken(f"{path.name} has just been removed") from error
    if not exchanged:
        _swap_without_exchange(fresh, path, expected)
        return
    if _content(fresh) == expected:
        return
    exchange(fresh, path)
    if _content(fresh) != content:
        # Overtaken twice: what stood at the path was newer still.
        exchange(fresh, path)
    raise Overtaken(f"{path.name} has just been edited")


def _swap_without_exchange(fresh: Path, path: Path, expected: bytes) -> None:
    # The smallest window that a platform without an exchange of names allows.
    if _content(path) != expected:
        raise Overtaken(f"{path.name} has just been edited")
    fresh.replace(path)


def _content(path: Path) -> bytes | None:
    """What a plain file holds; None for anything else."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        return os.read(descriptor, SIZE_LIMIT + 1)
    finally:
        os.close(descriptor)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
