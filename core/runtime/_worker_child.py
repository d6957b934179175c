"""The worker process: reads jobs from its input, runs them, writes their results to its output."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import traceback
from typing import BinaryIO, Final

from core.errors import HelixError
from core.runtime._worker_frames import DONE, FAILED, TOLD, read_frame, write_frame

# The worker's CPU priority is lower than that of the event loop's process.
_NICENESS: Final = 5


def main() -> None:
    """Serves jobs until the input ends, which also happens when the parent is killed."""
    os.nice(_NICENESS)
    jobs: BinaryIO = os.fdopen(os.dup(0), "rb")
    answers: BinaryIO = os.fdopen(os.dup(1), "wb")
    # Output that libraries print must not get between the answers.
    os.dup2(2, 1)
    # The parent may be killed while a job runs; then nobody reads the answer.
    with contextlib.suppress(BrokenPipeError), answers:
        while (target := read_frame(jobs)) is not None and (payload := read_frame(jobs)) is not None:
            kind, body = _run(target.decode(), payload)
            write_frame(answers, kind)
            write_frame(answers, body)
            answers.flush()


def _run(target: str, payload: bytes) -> tuple[bytes, bytes]:
    module, _, function = target.partition(":")
    try:
        result: bytes = getattr(importlib.import_module(module), function)(payload)
    except HelixError as error:
        return TOLD, str(error).encode()
    except Exception:  # noqa: BLE001 - the parent logs it, and this process continues
        return FAILED, traceback.format_exc().encode("utf-8", "replace")
    return DONE, result


if __name__ == "__main__":
    main()
    sys.exit(0)
