"""Runs main.py or another program, and counts the files that it opens: COUNTER_FILE PROGRAM [ARGUMENT].

Counts only files opened for reading through Python, so not SQLite's. The count is eight bytes in a memory-
mapped file, which another process can read at any time.
"""

from __future__ import annotations

import mmap
import os
import runpy
import sys
from pathlib import Path


def _count_into(counter: Path) -> None:
    with counter.open("r+b") as file:
        count = memoryview(mmap.mmap(file.fileno(), 8)).cast("Q")

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        # (path, mode, flags); a wrapped descriptor was counted when it was opened.
        if event == "open" and not isinstance(arguments[0], int):
            flags = arguments[2]
            if isinstance(flags, int) and flags & os.O_ACCMODE == os.O_RDONLY:
                count[0] += 1

    sys.addaudithook(hook)


if __name__ == "__main__":
    _count_into(Path(sys.argv[1]))
    del sys.argv[0:2]
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    runpy.run_path(sys.argv[0], run_name="__main__")
