"""Ensures that one process owns a data folder, by two locks that the kernel frees when their owner dies.

One lock is on `<data>/.lock`, which also says who holds it. The other is on the folder itself, since the file
may be deleted by mistake.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import json
import logging
import os
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from core.errors import StartError
from core.files.flush import flush
from core.text.numbers import plain

logger = logging.getLogger(__name__)

LOCK_NAME: Final = ".lock"
_POLL_S: Final = 0.05
_HOLDER_BYTES: Final = 4_096


class DataFolderBusy(StartError):
    """Another process holds the data folder, and did not release it in time."""


class DataFolderUnusable(StartError):
    """The data folder cannot be created, written or locked."""


class _Opened(NamedTuple):
    """Descriptors of the data folder and of its lock file."""

    folder: int
    file: int

    def close(self) -> None:
        os.close(self.file)
        os.close(self.folder)

    def still_named(self, folder: Path) -> bool:
        """Whether both paths still lead to the opened folder and file."""
        try:
            return os.path.samestat(os.fstat(self.folder), folder.stat()) and os.path.samestat(
                os.fstat(self.file), (folder / LOCK_NAME).lstat()
            )
        except FileNotFoundError:
            return False


class DataLock:
    """The held locks. Started programs do not inherit their descriptors.

    Worker processes must be started by spawn or forkserver: a forked child would share the locks and keep
    them after its parent was killed.
    """

    def __init__(self, folder: Path, opened: _Opened) -> None:
        self.folder = folder
        self._opened: _Opened | None = opened

    def release(self) -> None:
        """Releases the locks; may be called twice. The file stays: deleting it could let two processes in."""
        if self._opened is None:
            return
        opened, self._opened = self._opened, None
        try:
            os.ftruncate(opened.file, 0)
        finally:
            opened.close()
        logger.info("datalock.released folder=%s", self.folder)


async def acquire(folder: Path, *, wait_s: float, describe: str) -> DataLock:
    """Locks the folder, creates it if needed, and waits for a holder that is stopping.

    Args:
        folder: the data folder.
        wait_s: how long to wait for another holder.
        describe: what this process is; shown to a process that finds the folder locked.

    Raises:
        DataFolderBusy: still locked after `wait_s`; names the holder's pid, start and host.
        DataFolderUnusable: the folder cannot be created, written or locked.
    """
    deadline = asyncio.get_running_loop().time() + wait_s
    while True:
        opened = _open(folder)
        try:
            await _lock(folder, opened, deadline, wait_s)
            if opened.still_named(folder):
                _sign(folder, opened.file, describe)
                logger.info("datalock.acquired folder=%s", folder)
                return DataLock(folder, opened)
        except BaseException:
            opened.close()
            raise
        # Deleted or replaced while waiting: lock the new one.
        opened.close()


def _open(folder: Path) -> _Opened:
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        _make(folder)
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            return _Opened(held, os.open(folder / LOCK_NAME, flags, 0o600))
        except BaseException:
            os.close(held)
            raise
    except OSError as error:
        raise _unusable(folder, error) from error


def _make(folder: Path) -> None:
    """Creates the folder if it is missing, durably."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for made in missing:
        flush(made.parent)


async def _lock(folder: Path, opened: _Opened, deadline: float, wait_s: float) -> None:
    loop = asyncio.get_running_loop()
    waiting = False
    # Always in this order, so that two processes never wait for each other.
    for try_lock in (_try_folder, _try_file):
        while not try_lock(folder, opened):
            if loop.time() >= deadline:
                raise DataFolderBusy(
                    f"{folder} is in use by another Helix: {_holder(opened.file)}. Stop that one first, or "
                    f"set HELIX_DATA_DIR to another folder. (Waited {plain(wait_s)} s.)"
                )
            if not waiting:
                waiting = True
                logger.warning("datalock.waiting folder=%s holder=%s", folder, _holder(opened.file))
            await asyncio.sleep(min(_POLL_S, max(0.0, deadline - loop.time())))


def _try_folder(folder: Path, opened: _Opened) -> bool:
    try:
        fcntl.flock(opened.folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        # Some file systems lock only files; then the lock on the file decides.
        logger.debug("datalock.folder_not_locked folder=%s error=%s", folder, error.strerror)
    return True


def _try_file(folder: Path, opened: _Opened) -> bool:
    try:
        fcntl.flock(opened.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise _unusable(folder, error) from error
    return True


def _sign(folder: Path, descriptor: int, describe: str) -> None:
    holder = {
        "pid": os.getpid(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
        "host": socket.gethostname(),
        "what": describe,
    }
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(holder).encode(), 0)
    except OSError as error:
        raise _unusable(folder, error) from error


def _holder(descriptor: int) -> str:
    """The holder as it described itself; a holder that has just locked may not have done so yet."""
    try:
        holder = json.loads(os.pread(descriptor, _HOLDER_BYTES, 0))
        return "{what}, pid {pid}, since {since}, on {host}".format_map(holder)
    except (ValueError, KeyError, TypeError):
        return "an unknown process"


def _unusable(folder: Path, error: OSError) -> DataFolderUnusable:
    reason = error.strerror or str(error)
    if error.errno in {errno.EEXIST, errno.ENOTDIR} and folder.exists():
        reason = "it is not a folder"
    elif error.errno in {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}:
        reason = f"its file system cannot lock files ({reason})"
    return DataFolderUnusable(
        f"The data folder {folder} cannot be used: {reason}. Set HELIX_DATA_DIR to a folder that Helix may "
        "create and write to."
    )
