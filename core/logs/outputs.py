"""Makes standard output and standard error non-blocking and safe from errors.

Printed and logged lines go into a bounded queue that a thread writes. Lines that cannot be written are lost
and counted: nobody reads, the disk is full, the reader has ended, the output was closed.
"""

from __future__ import annotations

import atexit
import io
import math
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Final, Self, TextIO, final

from core.health import Reading
from core.health.threshold import Threshold
from core.logs._output_thread import Output, OutputThread
from core.metrics import Registry

# How long the end of the process waits for a reader that does not read.
_PATIENCE_S: Final = 1.0
# How long the check shows a loss, and how long a write may be blocked, in seconds.
_NEWS_S: Final = 900.0
_STUCK_S: Final = 10.0
_LONGEST_PIECE: Final = 32 * 1024
_RECENT: Final = Threshold("recent_lost_lines", "above", 0, None)
_STUCK: Final = Threshold("stuck_s", "above", _STUCK_S, None)
_ACTION: Final = "Read it with something fast enough, or redirect it to a file on a disk with free space."


class _Begun(threading.local):
    """The unfinished line of each thread."""

    text = b""


class _Entries(io.RawIOBase):
    """Passes whole lines to the writing thread; what one thread prints in pieces stays together."""

    def __init__(self, output: Output, thread: OutputThread) -> None:
        super().__init__()
        self.name = f"<{output.name}>"
        self._output = output
        self._thread = thread
        self._begun = _Begun()

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._output.descriptor

    def isatty(self) -> bool:
        return os.isatty(self._output.descriptor)

    def write(self, data: bytes, /) -> int:  # type: ignore[override]  # io.TextIOWrapper gives bytes
        text = self._begun.text + bytes(data)
        whole, newline, rest = text.rpartition(b"\n")
        if len(rest) > _LONGEST_PIECE:
            whole, newline, rest = text, b"", b""
        if whole or newline:
            self._thread.put(self._output, whole + newline)
        self._begun.text = rest
        return len(data)

    def flush(self) -> None:
        text, self._begun.text = self._begun.text, b""
        if text:
            self._thread.put(self._output, text)


@final
class Outputs:
    """The two outputs of the process, after `take_over`."""

    def __init__(self, stdout: tuple[Output, OutputThread], stderr: tuple[Output, OutputThread]) -> None:
        self._stdout, self._stdout_thread = stdout
        self._stderr, self._stderr_thread = stderr

    @classmethod
    def take_over(cls) -> Self:
        """Redirects what this process prints to threads, and waits for them at its end.

        Closed descriptors 0 to 2 are opened on /dev/null first: otherwise a file or socket could get such a
        number, and printed text would end up in it.

        Raises:
            RuntimeError: no thread could be started.
        """
        _open_missing()
        stderr = (Output(2, "stderr"), OutputThread("stderr"))
        # One thread if both lead to the same place, which keeps their order.
        same = os.path.sameopenfile(1, 2)
        stdout = (Output(1, "stdout"), stderr[1] if same else OutputThread("stdout"))
        outputs = cls(stdout, stderr)
        sys.stdout = text_stream(sys.stdout, *stdout)
        sys.stderr = text_stream(sys.stderr, *stderr)
        atexit.register(outputs.flush)
        return outputs

    def flush(self, within_s: float = math.inf) -> None:
        """Waits until all is written, nothing was written for a second, or `within_s` seconds have passed."""
        deadline = time.monotonic() + within_s
        sys.stdout.flush()
        sys.stderr.flush()
        for thread in (self._stderr_thread, self._stdout_thread):
            thread.flush(_PATIENCE_S, deadline - time.monotonic())

    def count_in(self, metrics: Registry) -> None:
        """Counts lost lines as a metric."""
        counter = metrics.counter(
            "helix_output_lines_lost_total", "Log and output lines that could not be written.", ("output",)
        )
        self._stdout_thread.count_in(self._stdout, counter.bind("stdout"))
        self._stderr_thread.count_in(self._stderr, counter.bind("stderr"))

    def probe(self, monotonic: Callable[[], float] = time.monotonic) -> Reading:
        """The reading of the check "log"."""
        now_s = monotonic()
        parts = ((self._stderr, self._stderr_thread), (self._stdout, self._stdout_thread))
        reading = Reading(
            observed_value=sum(output.lost for output, _ in parts),
            observed_unit="lines lost",
            load=max(thread.load for _, thread in parts),
            counters={f"lost_{output.name}": output.lost for output, _ in parts},
            thresholds=(_RECENT, _STUCK),
        )
        for output, _ in parts:
            if output.lost_at is not None and now_s - output.lost_at < _NEWS_S:
                return reading.become("warn", f"lines to {output.name} were lost: {output.error}", _ACTION)
        for output, thread in parts:
            if (verdict := _STUCK.judge(thread.stuck_s(now_s))) != "pass":
                reason = f"nobody has read {output.name} for more than {_STUCK_S:g} s"
                return reading.become(verdict, reason, _ACTION)
        return reading


def _open_missing() -> None:
    for number, flags in enumerate((os.O_RDONLY, os.O_WRONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            # open() returns the lowest free number, which is this one.
            os.set_inheritable(os.open(os.devnull, flags), True)


def text_stream(replaced: TextIO | None, output: Output, thread: OutputThread) -> io.TextIOWrapper:
    """The replacement of `sys.stdout` or `sys.stderr`; characters its encoding lacks are escaped."""
    encoding = "utf-8" if replaced is None else replaced.encoding
    entries = _Entries(output, thread)
    return io.TextIOWrapper(entries, encoding, errors="backslashreplace", newline="\n", write_through=True)
