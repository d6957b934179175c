"""What is flushed to the disk, for real, and what was in each folder then."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def recorded_flushes(monkeypatch: pytest.MonkeyPatch) -> dict[Path, set[str]]:
    """From now on: each folder that was flushed, with the names that were in it at the last time."""
    flushed: dict[Path, set[str]] = {}
    real = os.fsync

    def fsync(descriptor: int) -> None:
        real(descriptor)
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if path.is_dir():
            flushed[path] = {found.name for found in path.iterdir()}

    monkeypatch.setattr(os, "fsync", fsync)
    return flushed
