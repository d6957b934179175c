"""Exchanges two names atomically where the system supports it (renameat2, Linux 3.15 and glibc 2.28)."""

from __future__ import annotations

import ctypes
import errno
import os
from pathlib import Path
from typing import Final

# linux/fs.h and fcntl.h
_RENAME_EXCHANGE: Final = 2
_AT_FDCWD: Final = -100

_NOT_THERE: Final = frozenset({errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM})


def exchange(first: Path, second: Path) -> bool:
    """Exchanges two names in a folder, atomically; False if the system or file system does not support it.

    Raises:
        OSError: it failed for another reason, such as a name that does not exist.
    """
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    result = renameat2(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _RENAME_EXCHANGE)
    if result == 0:
        return True
    code = ctypes.get_errno()
    if code in _NOT_THERE:
        return False
    raise OSError(code, os.strerror(code), str(second))
