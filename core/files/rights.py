"""Gives a file that is written anew the owner and mode of the one that it replaces."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path


def copy_rights(descriptor: int, like: os.stat_result) -> None:
    """Give an open file the mode of another, and its owner and group where the system allows that."""
    try:
        os.fchown(descriptor, like.st_uid, like.st_gid)
    except PermissionError:
        # Only root may give a file away; a group of one's own may be kept.
        with contextlib.suppress(PermissionError):
            os.fchown(descriptor, -1, like.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(like.st_mode))


def keep_rights(path: Path, like: Path) -> None:
    """Give the file or folder at `path` the rights of the one at `like`, if one of the same kind is there."""
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
