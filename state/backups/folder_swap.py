"""Replaces the data folder by a prepared one: a kill leaves either the old or the new one.

If the system supports it, the two names are exchanged atomically. A data folder that is a mount point (or
whose parent is not writable) cannot be renamed; its content is moved in steps that a start can finish.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Final

from core.files.flush import flush
from core.files.rename import exchange
from core.files.rights import keep_rights
from core.runtime.datalock import LOCK_NAME
from state.backups.folder import remove_tree

# Marks a folder that is still being filled, so that it is never mistaken for a data folder.
_HALF: Final = ".half"
# Names of the prepared folder inside the data folder. READY: the old content is being moved aside. MOVING:
# the new content is being moved in.
_READY: Final = ".restore-ready"
_MOVING: Final = ".restore-moving"
_ASIDE: Final = "before-restore-"
_NO_RENAME: Final = frozenset(
    {errno.EBUSY, errno.EXDEV, errno.EACCES, errno.EPERM, errno.EROFS, errno.EINVAL}
)


def begin(folder: Path) -> Path:
    """Makes an empty folder to prepare, on the same disk; deletes one that a killed restore has left."""
    parent = folder.parent
    beside = os.access(parent, os.W_OK) and parent.stat().st_dev == folder.stat().st_dev
    place = parent / f"{folder.name}.restoring" if beside else folder / ".restoring"
    if place.exists() and not (place / _HALF).exists():
        # It was killed between exchange and rename, so this folder contains the old data.
        place.rename(_free(parent if beside else folder, folder.name, "unnamed"))
    remove_tree(place)
    place.mkdir(mode=0o700)
    (place / _HALF).touch()
    return place


def abandon(prepared: Path) -> None:
    """Deletes a folder that will not be used."""
    if (prepared / _HALF).exists():
        remove_tree(prepared)


def swap(prepared: Path, folder: Path, stamp: str) -> Path | None:
    """Puts `prepared` in the place of `folder`; returns the path of the old content (None: it was empty).

    The new folder gets a hard link to the lock file, so the lock is never released.
    """
    keep_rights(prepared, folder)
    if prepared.parent == folder.parent:
        # After the exchange, the old folder must not look as if it were still being filled.
        (folder / _HALF).unlink(missing_ok=True)
        os.link(folder / LOCK_NAME, prepared / LOCK_NAME)
        flush(prepared)
        if _exchange(prepared, folder):
            (folder / _HALF).unlink()
            return _set_aside(prepared, folder, stamp)
        (prepared / LOCK_NAME).unlink()
    flush(prepared)
    prepared.rename(folder / f"{_READY}-{stamp}")
    flush(folder)
    return finish(folder)


def finish(folder: Path) -> Path | None:
    """Finishes an interrupted swap, if there is one; the caller holds the lock.

    Returns the path of the old content; None if there is none or nothing was to be done.
    """
    (folder / _HALF).unlink(missing_ok=True)
    for ready in folder.glob(f"{_READY}-*"):
        stamp = ready.name.removeprefix(f"{_READY}-")
        aside = folder / f"{_ASIDE}{stamp}"
        aside.mkdir(mode=0o700, exist_ok=True)
        for entry in list(folder.iterdir()):
            if entry.name != LOCK_NAME and entry != ready and not entry.name.startswith(_ASIDE):
                entry.rename(aside / entry.name)
        flush(aside)
        ready.rename(folder / f"{_MOVING}-{stamp}")
        flush(folder)
    for moving in folder.glob(f"{_MOVING}-*"):
        aside = folder / f"{_ASIDE}{moving.name.removeprefix(f'{_MOVING}-')}"
        (moving / _HALF).unlink(missing_ok=True)
        for entry in list(moving.iterdir()):
            entry.rename(folder / entry.name)
        flush(folder)
        moving.rmdir()
        return _drop_empty(aside)
    return None


def _exchange(prepared: Path, folder: Path) -> bool:
    try:
        return exchange(prepared, folder)
    except OSError as error:
        if error.errno in _NO_RENAME:
            return False
        raise


def _set_aside(old: Path, folder: Path, stamp: str) -> Path | None:
    (old / LOCK_NAME).unlink(missing_ok=True)
    if _drop_empty(old) is None:
        flush(folder.parent)
        return None
    aside = _free(folder.parent, folder.name, stamp)
    old.rename(aside)
    flush(folder.parent)
    return aside


def _free(parent: Path, name: str, stamp: str) -> Path:
    """A path that does not exist yet."""
    wanted = parent / f"{name}.{_ASIDE}{stamp}"
    number = 2
    while wanted.exists():
        wanted = parent / f"{name}.{_ASIDE}{stamp}-{number}"
        number += 1
    return wanted


def _drop_empty(folder: Path) -> Path | None:
    if any(folder.iterdir()):
        return folder
    folder.rmdir()
    return None
