"""Threads that write to stdout and stderr, so that a slow reader blocks nothing else."""

from __future__ import annotations

import itertools
import logging
import os
import select
import threading
import time
from queue import Empty, SimpleQueue
from typing import Final, final

from core.metrics import CounterCell

logger = logging.getLogger(__name__)

# Most bytes that wait to be written: about ten thousand lines.
CAPACITY_BYTES: Final = 2 * 1024 * 1024
# Most bytes in one write: each write call waits for the interpreter lock while the event loop is busy.
_BATCH_BYTES: Final = 16 * 1024
_NOBODY_READS: Final = "nobody reads it"


@final
class Output:
    """One output of the process, and the count of entries that could not be written to it.

    An entry is what was printed at once: a line, or a line with its traceback.

    Attributes:
        name: "stdout" or "stderr".
        lost: number of entries that could not be written.
        lost_at: when the last of them was lost, by `time.monotonic`; None if none was.
        error: the reason, as text of the system.
    """

    def __init__(self, descriptor: int, name: str) -> None:
        self.descriptor = descriptor
        self.name = name
        self.lost = 0
        self.lost_at: float | None = None
        self.error = ""
        self._unreported = 0
        # Whether the last write ended in the middle of a line.
        self._torn = False
        self._cell: CounterCell | None = None

    def count_in(self, cell: CounterCell) -> None:
        """Counts lost entries in a metric too, earlier ones included; the caller holds the thread's lock."""
        cell.inc(self.lost)
        self._cell = cell

    def lose(self, count: int, error: str) -> None:
        """Counts entries as lost; the caller holds the lock of the writing thread."""
        self.lost += count
        self._unreported += count
        self.lost_at = time.monotonic()
        self.error = error
        if self._cell is not None:
            self._cell.inc(count)

    def write(self, entries: list[bytes]) -> tuple[int, str]:
        """Writes entries in order and blocks as long as needed; returns how many were lost, and why."""
        line_end = b"\n" if self._torn else b""
        data = line_end + b"".join(entries)
        written = 0
        try:
            while written < len(data):
                written += self._write_some(data[written:])
        except OSError as error:
            ends = list(itertools.accumulate(map(len, entries), initial=len(line_end)))
            if written:
                self._torn = written not in ends
            return sum(end > written for end in ends[1:]), error.strerror or str(error)
        self._torn = False
        return 0, ""

    def report(self, *, works: bool) -> None:
        """Logs the losses since the last call; for the log's own output, only once it works again.

        Does nothing until `count_in` was called, so that `helix … | head` reports no losses.
        """
        if self._cell is None or not self._unreported or (self.name == "stderr" and not works):
            return
        unreported, self._unreported = self._unreported, 0
        logger.warning("output.lines_lost output=%s lines=%d error=%r", self.name, unreported, self.error)

    def _write_some(self, data: bytes) -> int:
        try:
            return os.write(self.descriptor, data)
        except BlockingIOError:
            # Another process made this descriptor non-blocking. The poll also ends when the reader does.
            poll = select.poll()
            poll.register(self.descriptor, select.POLLOUT)
            poll.poll()
            return 0


@final
class OutputThread:
    """Queues entries without blocking and writes them in order. Any thread may use it.

    The lock is reentrant: the garbage collector may run at any point, and finalizers may log.
    """

    def __init__(self, name: str, *, capacity_bytes: int = CAPACITY_BYTES) -> None:
        self._capacity_bytes = capacity_bytes
        self._queue: SimpleQueue[tuple[Output, bytes]] = SimpleQueue()
        self._changed = threading.Condition()
        self._waiting_bytes = 0
        self._writing_since: float | None = None
        threading.Thread(target=self._run, name=name, daemon=True).start()

    @property
    def load(self) -> float:
        """How full the queue is, from 0 to 1."""
        return self._waiting_bytes / self._capacity_bytes

    def stuck_s(self, now_s: float) -> float:
        """Seconds that the present write has been blocked; 0 if there is none."""
        since = self._writing_since
        return 0.0 if since is None else now_s - since

    def put(self, output: Output, entry: bytes) -> None:
        """Queues an entry, or counts it as lost if the queue is full."""
        with self._changed:
            if self._waiting_bytes + len(entry) > self._capacity_bytes:
                output.lose(1, _NOBODY_READS)
                return
            self._waiting_bytes += len(entry)
        self._queue.put((output, entry))

    def count_in(self, output: Output, cell: CounterCell) -> None:
        """Counts an output's losses in a metric too."""
        with self._changed:
            output.count_in(cell)

    def flush(self, patience_s: float, within_s: float) -> None:
        """Waits until all is written, nothing was written for `patience_s`, or `within_s` have passed."""
        deadline = time.monotonic() + within_s
        with self._changed:
            while self._waiting_bytes:
                left_s = min(patience_s, deadline - time.monotonic())
                if left_s <= 0 or not self._changed.wait(left_s):
                    return

    def _run(self) -> None:
        while True:
            for output, batch in itertools.groupby(self._take_batch(), key=lambda item: item[0]):
                self._write(output, [entry for _, entry in batch])

    def _take_batch(self) -> list[tuple[Output, bytes]]:
        batch = [self._queue.get()]
        size = len(batch[0][1])
        while size < _BATCH_BYTES:
            try:
                batch.append(self._queue.get_nowait())
            except Empty:
                break
            size += len(batch[-1][1])
        return batch

    def _write(self, output: Output, entries: list[bytes]) -> None:
        self._writing_since = time.monotonic()
        lost, error = output.write(entries)
        self._writing_since = None
        with self._changed:
            if lost:
                output.lose(lost, error)
            self._waiting_bytes -= sum(map(len, entries))
            self._changed.notify_all()
        output.report(works=not lost)
