"""How much memory this process holds."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path
from typing import Final

_STATM: Final = Path("/proc/self/statm")


def resident_bytes() -> int | None:
    """The resident set in bytes (proc_pid_statm(5)); None where the system does not say."""
    try:
        return int(_STATM.read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None


def give_back_memory() -> bool:
    """Give free memory back to the system, as glibc does not do by itself where something above it is in use.

    It takes milliseconds, during which other threads run (malloc_trim(3)).

    Returns:
        Whether some was given back; False where the C library cannot do it.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return bool(trim is not None and trim(0))
