"""What is printed never waits for its reader, and what cannot be written is counted."""

import fcntl
import logging
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.logs._output_thread import Output, OutputThread
from core.metrics import CounterCell

PATIENT = (30.0, 30.0)


class Pipe:
    """A pipe of one page, that can be filled up."""

    def __init__(self) -> None:
        self.reader, self.writer = os.pipe()
        fcntl.fcntl(self.writer, fcntl.F_SETPIPE_SZ, 4096)

    def fill(self) -> None:
        os.write(self.writer, b"." * 4096)

    def end_reading(self) -> None:
        os.close(self.reader)
        self.reader = -1

    def close(self) -> None:
        for end in (self.reader, self.writer):
            if end >= 0:
                os.close(end)


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    made = Pipe()
    yield made
    made.close()


@pytest.fixture
def open_file(tmp_path: Path) -> Iterator[Callable[[str], int]]:
    opened: list[int] = []

    def build(path: str) -> int:
        opened.append(os.open(tmp_path / path, os.O_WRONLY | os.O_CREAT))
        return opened[-1]

    yield build
    for descriptor in opened:
        os.close(descriptor)


def watched(descriptor: int, name: str = "stderr") -> tuple[Output, CounterCell]:
    output, cell = Output(descriptor, name), CounterCell()
    output.count_in(cell)
    return output, cell


def read_until(pipe: Pipe, end: bytes) -> bytes:
    read = b""
    while not read.endswith(end):
        read += os.read(pipe.reader, 4096)
    return read


def test_entries_are_written_in_their_order(pipe: Pipe) -> None:
    output, thread = Output(pipe.writer, "stderr"), OutputThread("test")
    for number in range(2_000):
        thread.put(output, b"%d\n" % number)
    assert read_until(pipe, b"\n1999\n") == b"".join(b"%d\n" % number for number in range(2_000))
    thread.flush(*PATIENT)
    assert (output.lost, thread.load) == (0, 0)


def test_what_nobody_reads_is_lost_once_the_queue_is_full_and_told_when_it_is_read(
    pipe: Pipe, caplog: pytest.LogCaptureFixture
) -> None:
    pipe.fill()
    output, cell = watched(pipe.writer)
    thread = OutputThread("test", capacity_bytes=100)
    for _ in range(15):
        thread.put(output, b"123456789\n")
    assert (output.lost, cell.value, output.error) == (5, 5, "nobody reads it")
    assert caplog.records == []
    assert read_until(pipe, b"123456789\n" * 10) == b"." * 4096 + b"123456789\n" * 10
    thread.flush(*PATIENT)
    thread.put(output, b"again\n")
    thread.flush(*PATIENT)
    (record,) = caplog.records
    assert record.getMessage() == "output.lines_lost output=stderr lines=5 error='nobody reads it'"


def test_an_entry_that_collection_of_garbage_prints_while_another_is_put_does_not_hang(pipe: Pipe) -> None:
    output, thread = Output(pipe.writer, "stderr"), OutputThread("test")
    with thread._changed:  # as where a finalizer logs in the middle of `put`
        thread.put(output, b"inner\n")
    assert read_until(pipe, b"\n") == b"inner\n"


def test_a_reader_that_ends_costs_the_lines_and_nothing_else(pipe: Pipe) -> None:
    pipe.end_reading()
    output, cell = watched(pipe.writer)
    thread = OutputThread("test")
    for _ in range(3):
        thread.put(output, b"line\n")
        thread.flush(*PATIENT)
    assert (output.lost, cell.value, output.error) == (3, 3, "Broken pipe")


def test_a_full_disk_and_a_closed_output_are_counted_and_named(open_file: Callable[[str], int]) -> None:
    thread = OutputThread("test")
    full, closed = Output(open_file("/dev/full"), "stderr"), Output(1_000_000, "stdout")
    thread.put(full, b"one\ntwo\n")
    thread.put(closed, b"three\n")
    thread.flush(*PATIENT)
    assert (full.lost, full.error) == (1, "No space left on device")
    assert (closed.lost, closed.error) == (1, "Bad file descriptor")


def test_a_line_that_was_cut_by_a_full_disk_does_not_run_into_the_next(
    open_file: Callable[[str], int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, room = os.write, [8]

    def little_room(descriptor: int, data: bytes) -> int:
        if not room[0]:
            raise OSError(28, "No space left on device")
        written = real(descriptor, data[: room[0]])
        room[0] -= written
        return written

    output = Output(open_file("log"), "stderr")
    monkeypatch.setattr(os, "write", little_room)
    assert output.write([b"whole\n", b"torn\n", b"never\n"]) == (2, "No space left on device")
    assert output.write([b"never\n"]) == (1, "No space left on device")
    room[0] = 1_000
    assert output.write([b"next\n"]) == (0, "")
    assert (tmp_path / "log").read_bytes() == b"whole\nto\nnext\n"


def test_an_output_that_somebody_made_non_blocking_loses_nothing(pipe: Pipe) -> None:
    pipe.fill()
    os.set_blocking(pipe.writer, False)
    output, thread = Output(pipe.writer, "stderr"), OutputThread("test")
    for number in range(2_000):
        thread.put(output, b"%d\n" % number)
    assert read_until(pipe, b"\n1999\n").lstrip(b".").startswith(b"0\n1\n2\n")
    assert output.lost == 0


def test_waiting_for_what_nobody_reads_has_an_end(pipe: Pipe) -> None:
    pipe.fill()
    output, thread = Output(pipe.writer, "stderr"), OutputThread("test")
    thread.put(output, b"line\n")
    thread.flush(0.01, 30)
    thread.flush(30, 0.01)
    assert thread.load > 0
    assert thread.stuck_s(time.monotonic()) > 0


def test_what_is_lost_to_standard_output_is_told_at_once(
    open_file: Callable[[str], int], caplog: pytest.LogCaptureFixture
) -> None:
    output, _ = watched(open_file("/dev/full"), "stdout")
    output.lose(*output.write([b"ready\n"]))
    with caplog.at_level(logging.WARNING):
        output.report(works=False)
        output.report(works=False)
    assert [record.getMessage() for record in caplog.records] == [
        "output.lines_lost output=stdout lines=1 error='No space left on device'"
    ]


def test_what_was_lost_before_anybody_counted_is_counted(open_file: Callable[[str], int]) -> None:
    output = Output(open_file("/dev/full"), "stdout")
    output.lose(2, "No space left on device")
    cell = CounterCell()
    output.count_in(cell)
    output.lose(1, "No space left on device")
    assert cell.value == output.lost == 3
