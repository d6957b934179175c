"""Copies owner and mode from a file to the one that replaces it."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path


def copy_rights(descriptor: int, like: os.stat_result) -> None:
    """Gives an open file another's mode, and its owner and group if the system permits."""
    try:
        os.fchown(descriptor, like.st_uid, like.st_gid)
    except PermissionError:
        # Only root may change the owner; setting a group that the user belongs to is permitted.
        with contextlib.suppress(PermissionError):
            os.fchown(descriptor, -1, like.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(like.st_mode))


def keep_rights(path: Path, like: Path) -> None:
    """Gives the file or folder at `path` the rights of `like`, if that exists and is of the same kind."""
    try:
        standing = like.lstat()
    except FileNotFoundError:
        return
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if stat.S_IFMT(standing.st_mode) == stat.S_IFMT(os.fstat(descriptor).st_mode):
            copy_rights(descriptor, standing)
    finally:
        os.close(descriptor)
