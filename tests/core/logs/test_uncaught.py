"""Errors that nothing caught become log entries, without secrets."""

import io
import logging
import sys
import threading
from collections.abc import Iterator

import pytest

from core import logs
from core.logs import uncaught
from core.logs.secret import Secret


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """A log of this test's own; Python's hooks and the root logger are as before afterwards."""
    root = logging.getLogger()
    before = (sys.excepthook, threading.excepthook, sys.unraisablehook, root.level)
    stream = io.StringIO()
    logs.configure("INFO", "json", secrets=[Secret("hunter2-hunter2")], stream=stream)
    uncaught.log()
    yield stream
    sys.excepthook, threading.excepthook, sys.unraisablehook = before[:3]
    root.handlers[:] = [one for one in root.handlers if type(one).__name__ != "_HelixHandler"]
    root.setLevel(before[3])


def test_an_error_of_a_thread_is_logged_with_its_traceback(log: io.StringIO) -> None:
    def fail() -> None:
        raise RuntimeError("with hunter2-hunter2 in it")

    thread = threading.Thread(target=fail, name="broken-one")
    thread.start()
    thread.join()
    assert '"message": "uncaught in thread broken-one"' in log.getvalue()
    assert "RuntimeError: with *** in it" in log.getvalue()


def test_an_error_of_a_finalizer_is_logged(log: io.StringIO) -> None:
    class Broken:
        def __del__(self) -> None:
            raise RuntimeError("too late")

    broken = Broken()
    del broken
    assert "uncaught in Broken.__del__" in log.getvalue().replace(
        "test_an_error_of_a_finalizer_is_logged.<locals>.", ""
    )
    assert "RuntimeError: too late" in log.getvalue()
