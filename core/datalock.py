"""One process owns a data folder, by a lock on `<data>/.lock` that the kernel frees when its owner dies."""

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
from typing import Final

from core.errors import StartError
from core.numbers import plain

logger = logging.getLogger(__name__)

LOCK_NAME: Final = ".lock"
_POLL_S: Final = 0.05
_HOLDER_BYTES: Final = 4_096


class DataFolderBusy(StartError):  # noqa: N818 - the text is what users read; the name says what happened
    """Another process holds the data folder, and did not let go in time."""


class DataFolderUnusable(StartError):  # noqa: N818 - likewise
    """The data folder cannot be created, written or locked."""


class DataLock:
    """A held lock. The descriptor is not inherited by programs that are started.

    Worker processes must be started by spawn or forkserver: a forked child would share the lock and keep it
    after its parent was killed.
    """

    def __init__(self, folder: Path, descriptor: int) -> None:
        self.folder = folder
        self._descriptor: int | None = descriptor

    def release(self) -> None:
        """Lets the next process in. May be called twice. The file stays: removing it would let two in."""
        if self._descriptor is None:
            return
        descriptor, self._descriptor = self._descriptor, None
        try:
            os.ftruncate(descriptor, 0)
        finally:
            os.close(descriptor)
        logger.info("datalock.released folder=%s", self.folder)


async def acquire(folder: Path, *, wait_s: float, describe: str) -> DataLock:
    """Takes the folder, creating it where it is missing, and waits for a holder that is stopping.

    Args:
        folder: the data folder.
        wait_s: how long to wait for another holder.
        describe: what this process is; shown to whoever finds the folder taken.

    Raises:
        DataFolderBusy: still held after `wait_s`; names the holder's pid, since when, and host.
        DataFolderUnusable: the folder cannot be created, written or locked.
    """
    descriptor = _open(folder)
    try:
        await _lock(folder, descriptor, wait_s)
        _sign(folder, descriptor, describe)
    except BaseException:
        os.close(descriptor)
        raise
    logger.info("datalock.acquired folder=%s", folder)
    return DataLock(folder, descriptor)


def _open(folder: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return os.open(folder / LOCK_NAME, flags, 0o600)
    except OSError as error:
        raise _unusable(folder, error) from error


async def _lock(folder: Path, descriptor: int, wait_s: float) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + wait_s
    waiting = False
    while not _try_lock(folder, descriptor):
        if loop.time() >= deadline:
            raise DataFolderBusy(
                f"{folder} is in use by another Helix: {_holder(descriptor)}. Stop that one first, or set "
                f"HELIX_DATA_DIR to another folder. (Waited {plain(wait_s)} s.)"
            )
        if not waiting:
            waiting = True
            logger.warning("datalock.waiting folder=%s holder=%s", folder, _holder(descriptor))
        await asyncio.sleep(min(_POLL_S, max(0.0, deadline - loop.time())))


def _try_lock(folder: Path, descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
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
    """Who holds the lock, as it signed itself; it may be a moment away from signing."""
    try:
        holder = json.loads(os.pread(descriptor, _HOLDER_BYTES, 0))
        return "{what}, pid {pid}, since {since}, on {host}".format_map(holder)
    except (ValueError, KeyError, TypeError):
        return "a process that has not said who it is"


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
