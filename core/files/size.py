"""Sizes of files."""

from __future__ import annotations

import contextlib
from pathlib import Path


def file_size(path: Path) -> int:
    """The size in bytes; 0 if the file does not exist."""
    with contextlib.suppress(OSError):
        return path.stat().st_size
    return 0
