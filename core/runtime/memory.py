"""The memory of this process."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path
from typing import Final

_STATM: Final = Path("/proc/self/statm")


def resident_bytes() -> int | None:
    """The resident set in bytes (proc_pid_statm(5)); None if the system does not tell."""
    try:
        return int(_STATM.read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None


def give_back_memory() -> bool:
    """Returns free memory to the system, which glibc does not do by itself below memory in use.

    Takes milliseconds, during which other threads run (malloc_trim(3)).

    Returns:
        Whether memory was returned; False if the C library does not support it.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return bool(trim is not None and trim(0))
