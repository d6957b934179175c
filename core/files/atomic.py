"""Replaces a file whole or not at all, and never a content that nobody has looked at."""

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

# For files that anybody on the machine may read, and for those that may hold a credential.
PUBLIC: Final = 0o644
PRIVATE: Final = 0o600
# There is nothing, a link, or a socket.
_NO_FILE: Final = frozenset({errno.ENOENT, errno.ELOOP, errno.ENXIO})


class Overtaken(HelixError):
    """Somebody wrote the file in the very moment; what they wrote stands."""


def replace_file(path: Path, content: bytes, expected: bytes | None, *, new_mode: int = PUBLIC) -> None:
    """Puts `content` at `path`, where `expected` stands now (None: nothing stands there).

    The new file is flushed before it takes the place, and the folder after it, so that after a power cut
    either the old or the new content is there. A file that is there keeps its mode and owner; `new_mode` is
    for one that is not. Blocks on the disk: call it in a thread.

    Raises:
        Overtaken: something else than `expected` stood there when it was replaced; it is back in its place.
        OSError: the disk is full, the folder is read-only …; what stood there does so still, or is left
            beside it for `put_back`.
    """
    part, aside = path.with_name(f".{path.name}.part"), _aside(path)
    part.unlink(missing_ok=True)
    try:
        _write(part, content, new_mode, like=path if expected is not None else None)
        if expected is None:
            _place_new(part, path)
        else:
            if os.path.lexists(aside):
                raise FileExistsError(errno.EEXIST, "an edit of before is still to be put back", str(aside))
            # Only what is whole goes by this name.
            part.rename(aside)
            _exchange(aside, path, content, expected)
    finally:
        part.unlink(missing_ok=True)
    flush(path.parent)


def put_back(path: Path, is_ours: Callable[[bytes], bool]) -> bool:
    """Puts an edit back in its place that a kill in the middle of `replace_file` has left beside it.

    Where another edit stands there by now, that one is newer and stays. Blocks on the disk.

    Args:
        path: where it belongs.
        is_ours: whether a content was written by Helix, so that nobody has edited it.

    Returns:
        Whether an edit was put back.

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
    """Where a new content waits until it is exchanged with the old one, and the old one goes then."""
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
    """Exchanges the two names, then looks at what came out: an edit of the last moment goes back in.

    What came out is removed, but not where it cannot be looked at.
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
            # Overtaken twice: what stood at the path was newer still.
            exchange(fresh, path)
    fresh.unlink()
    if overtaken:
        raise Overtaken(f"{path.name} has just been edited")


def _swap_without_exchange(fresh: Path, path: Path, expected: bytes) -> None:
    # The smallest window that a platform without an exchange of names allows.
    if _content(path) != expected:
        fresh.unlink()
        raise Overtaken(f"{path.name} has just been edited")
    fresh.replace(path)


def _content(path: Path) -> bytes | None:
    """What a plain file holds; None where there is none, or something else.

    Raises:
        OSError: it cannot be read now, so nobody knows.
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
