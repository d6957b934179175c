"""Logs uncaught errors, in the log's format and with secrets masked."""

from __future__ import annotations

import logging
import sys
import threading
from types import TracebackType

logger = logging.getLogger("helix")


def log() -> None:
    """Logs what Python would print: errors that end the program or a thread, and errors in finalizers."""
    sys.excepthook = _of_program
    threading.excepthook = _of_thread
    sys.unraisablehook = _of_finalizer


def _of_program(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logger.critical("uncaught", exc_info=(kind, error, trace))


def _of_thread(failed: threading.ExceptHookArgs) -> None:
    if failed.exc_type is SystemExit or failed.exc_value is None:
        return
    name = failed.thread.name if failed.thread is not None else "unknown"
    logger.error(
        "uncaught in thread %s", name, exc_info=(failed.exc_type, failed.exc_value, failed.exc_traceback)
    )


def _of_finalizer(failed: sys.UnraisableHookArgs) -> None:
    if failed.exc_value is None:
        return
    where = getattr(failed.object, "__qualname__", None) or type(failed.object).__name__
    logger.error("uncaught in %s", where, exc_info=(failed.exc_type, failed.exc_value, failed.exc_traceback))
