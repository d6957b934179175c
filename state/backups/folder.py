"""The folder of the backups; all functions block, so call them in a thread."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
from pathlib import Path
from typing import Final

from core.files.flush import flush
from state.backups.backup_table import named_moment

logger = logging.getLogger(__name__)

FOLDER: Final = "backups"
_MAKING: Final = ".making"


def scratch(folder: Path, name: str) -> Path:
    """The path of a temporary folder; a start deletes those that a kill has left."""
    return folder / f"{_MAKING}-{name}"


def make_scratch(staging: Path) -> None:
    """Makes an empty temporary folder that only this account may read."""
    if not staging.parent.is_dir():
        staging.parent.mkdir(mode=0o700)
        flush(staging.parent.parent)
    remove_tree(staging)
    staging.mkdir(mode=0o700)


def place(archive: Path, target: Path) -> None:
    """Renames a finished archive to its final name, durably."""
    archive.rename(target)
    flush(target.parent)


def tidy(folder: Path) -> dict[str, int]:
    """Deletes temporary folders; returns the size of each archive by name."""
    found: dict[str, int] = {}
    if not folder.is_dir():
        return found
    for entry in os.scandir(folder):
        if entry.name.startswith(_MAKING):
            logger.info("backup.leftover_removed name=%s", entry.name)
            remove_tree(Path(entry.path))
        elif named_moment(entry.name) is not None and entry.is_file(follow_symlinks=False):
            found[entry.name] = entry.stat(follow_symlinks=False).st_size
    return found


def remove_tree(folder: Path) -> None:
    """Deletes a folder and its content; does nothing if it does not exist."""
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(folder)
