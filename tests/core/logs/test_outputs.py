"""The two outputs of a process: lines stay whole, and losses are a warning for a while."""

import os
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from core.logs._output_thread import Output, OutputThread
from core.logs.outputs import Outputs, text_stream
from core.metrics import Registry

Printed = Callable[[], bytes]


@pytest.fixture
def output() -> Iterator[tuple[Output, OutputThread, Printed]]:
    """An output that goes to a pipe, the thread that writes it, and what ends what has come out so far."""
    reader, writer = os.pipe()
    thread = OutputThread("test")

    def printed() -> bytes:
        thread.flush(30, 30)
        return os.read(reader, 65_536)

    yield Output(writer, "stdout"), thread, printed
    os.close(reader)
    os.close(writer)


def test_what_threads_print_in_pieces_stays_together_by_line(
    output: tuple[Output, OutputThread, Printed],
) -> None:
    out, thread, printed = output
    stream = text_stream(None, out, thread)
    stream.write("begun ")
    other = threading.Thread(target=lambda: (stream.write("whole\n"), stream.write("left over")))
    other.start()
    other.join()
    stream.write("and ended\nnext ")
    stream.flush()
    assert printed() == b"whole\nbegun and ended\nnext "


def test_a_line_without_an_end_is_written_before_it_fills_the_memory(
    output: tuple[Output, OutputThread, Printed],
) -> None:
    out, thread, printed = output
    text_stream(None, out, thread).write("x" * 32_769)
    assert printed() == b"x" * 32_769


def test_what_cannot_be_encoded_is_escaped(output: tuple[Output, OutputThread, Printed]) -> None:
    out, thread, printed = output
    text_stream(None, out, thread).write("\N{GREEN HEART} \ud800\n")
    assert printed() == "\N{GREEN HEART} \\ud800\n".encode()


def test_a_loss_is_a_warning_for_a_quarter_of_an_hour(output: tuple[Output, OutputThread, Printed]) -> None:
    out, thread, _ = output
    other = Output(-1, "stderr")
    outputs = Outputs((out, thread), (other, thread))
    assert outputs.probe().status == "pass"
    other.lose(3, "No space left on device")
    reading = outputs.probe()
    assert (reading.status, reading.observed_value, reading.counters) == (
        "warn",
        3,
        {"lost_stdout": 0, "lost_stderr": 3},
    )
    assert reading.reason == "lines to stderr were lost: No space left on device"
    assert outputs.probe(lambda: time.monotonic() + 901).status == "pass"


def test_a_write_that_nobody_reads_is_a_warning_before_anything_is_lost(
    output: tuple[Output, OutputThread, Printed],
) -> None:
    out, thread, _ = output
    outputs = Outputs((out, thread), (Output(-1, "stderr"), OutputThread("idle")))
    thread.put(out, b"." * 1_000_000)
    while not thread.stuck_s(time.monotonic()):
        time.sleep(0.001)
    assert outputs.probe().status == "pass"
    reading = outputs.probe(lambda: time.monotonic() + 11)
    assert (reading.status, reading.reason) == ("warn", "nobody has read stdout for more than 10 s")


def test_losses_are_a_metric(output: tuple[Output, OutputThread, Printed]) -> None:
    out, thread, _ = output
    registry = Registry()
    out.lose(2, "Broken pipe")
    Outputs((out, thread), (Output(-1, "stderr"), thread)).count_in(registry)
    out.lose(1, "Broken pipe")
    metric = registry.get("helix_output_lines_lost_total")
    assert metric is not None
    assert metric.items() == ((("stdout",), 3), (("stderr",), 0))
