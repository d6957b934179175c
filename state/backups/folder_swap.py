"""Puts a prepared folder in the place of the data folder: a kill leaves the old one or the new one.

Where the system can, two names are exchanged in one step. A data folder that is a mount point (or whose
parent may not be written) cannot be renamed; its content is then moved, by a plan that the next start ends.
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
from state.backups._copy import remove_tree

# A folder that is being filled; never taken for anything else.
_HALF: Final = ".half"
# In the data folder: everything that is there goes aside, then everything in it moves in.
_READY: Final = ".restore-ready"
_MOVING: Final = ".restore-moving"
_ASIDE: Final = "before-restore-"
_NO_RENAME: Final = frozenset(
    {errno.EBUSY, errno.EXDEV, errno.EACCES, errno.EPERM, errno.EROFS, errno.EINVAL}
)


def begin(folder: Path) -> Path:
    """An empty folder to prepare, on the same disk; what an earlier, killed one left is removed."""
    parent = folder.parent
    beside = os.access(parent, os.W_OK) and parent.stat().st_dev == folder.stat().st_dev
    place = parent / f"{folder.name}.restoring" if beside else folder / ".restoring"
    if place.exists() and not (place / _HALF).exists():
        # Killed between exchange and rename: it holds the old data.
        place.rename(_free(parent if beside else folder, folder.name, "unnamed"))
    remove_tree(place)
    place.mkdir(mode=0o700)
    (place / _HALF).touch()
    return place


def abandon(prepared: Path) -> None:
    """Removes a folder that will not be used."""
    if (prepared / _HALF).exists():
        remove_tree(prepared)


def swap(prepared: Path, folder: Path, stamp: str) -> Path | None:
    """Puts `prepared` in the place of `folder`; gives where the old one is now (None: it was empty).

    The lock on the old folder holds for the new one: it stays the same file.
    """
    keep_rights(prepared, folder)
    if prepared.parent == folder.parent:
        # What the exchange brings to its name must not look as if it were being filled.
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
    """Finishes what a kill interrupted, where there is something; whoever calls holds the lock.

    Gives where the old content is, or None where there was none or nothing was to be done.
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
    """A name that is not taken."""
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
