"""A flood of the same warning is one line and its sum."""

import io
import json
import logging
import time
from collections.abc import Iterator

import pytest

from core import logs
from core.logs._repeats import Repeats
from core.metrics import Counter, Registry
from core.metrics.log_counter import LogCounter
from tests.manual_clock import ManualClock


class Written:
    """What a handler would write, by a clock that a test moves."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.lines: list[str] = []
        self._repeats = Repeats(lambda record: record, self.clock.monotonic)

    def log(
        self, text: str, level: int = logging.WARNING, *, name: str = "core.test", **more: object
    ) -> None:
        record = logging.makeLogRecord({"name": name, "levelno": level, "msg": text, **more})
        if not self._repeats.hold(record, text):
            self.lines.append(text)

    def after(self, seconds: float, *, everything: bool = False) -> list[str]:
        self.clock.advance(seconds)
        self.lines += [record.getMessage() for record in self._repeats.take_due(everything=everything)]
        return self.lines

    @property
    def holding(self) -> bool:
        return self._repeats.holding


@pytest.fixture
def written() -> Written:
    return Written()


def test_what_differs_only_in_ids_and_numbers_is_summed_up_every_ten_seconds(written: Written) -> None:
    for number in range(1_400):
        written.log(f"inbox.dead event=evt_0{number:x}f type=receipt attempt={number}")
    assert written.after(9.9) == ["inbox.dead event=evt_00f type=receipt attempt=0"]
    first, summed = written.after(0.1)
    assert summed == f"{first} (and 1,399 more like it in 10 s)"
    assert not written.holding
    written.log("inbox.dead event=evt_9 type=receipt attempt=9")
    assert len(written.lines) == 3


def test_a_long_word_without_digits_holds_nothing_up(written: Written) -> None:
    began_s = time.thread_time()
    written.log("x" * 30_000)
    assert time.thread_time() - began_s < 1.0


def test_what_differs_in_words_is_written(written: Written) -> None:
    for text in ("setting PROT", "setting PRT", "cog.failed cog=fun", "cog.failed cog=help"):
        written.log(text)
    written.log("cog.failed cog=help", logging.ERROR)
    written.log("cog.failed cog=help", name="core.other")
    assert len(written.lines) == 6


def test_a_second_one_that_stays_alone_is_written_as_it_is_a_second_later(written: Written) -> None:
    written.log("projection.refused file=agents.json line=3")
    written.log("projection.refused file=agents.json line=5")
    assert written.after(0.9) == ["projection.refused file=agents.json line=3"]
    assert written.after(0.1)[1:] == ["projection.refused file=agents.json line=5"]
    assert not written.holding


def test_other_levels_and_what_must_each_be_found_are_never_held_back(written: Written) -> None:
    for _ in range(3):
        written.log("http.request status=200", logging.INFO)
        written.log("http.incident incident=1f", logging.ERROR, each=logs.EACH["each"])
    assert len(written.lines) == 6


def test_what_clients_may_cause_at_will_is_summed_up_below_a_warning_too(written: Written) -> None:
    for number in range(1_500):
        written.log(f"http.dropped client=10.0.0.{number}", logging.INFO, each=logs.MANY["each"])
    assert written.after(10)[1:] == ["http.dropped client=10.0.0.0 (and 1,499 more like it in 10 s)"]


def test_an_error_of_another_kind_or_with_other_words_is_not_alike(written: Written) -> None:
    for error in (ValueError("no 1"), ValueError("no 2"), ValueError("none"), KeyError("no 1")):
        written.log("loop.crashed", logging.ERROR, exc_info=(type(error), error, None))
    assert len(written.lines) == 3


def test_at_the_end_everything_is_summed_up(written: Written) -> None:
    for _ in range(3):
        written.log("store.slow ms=1")
    assert written.after(2.2, everything=True)[1:] == ["store.slow ms=1 (and 2 more like it in 2 s)"]
    assert not written.holding


def test_how_many_kinds_are_watched_is_bounded_and_old_ones_make_room(written: Written) -> None:
    kinds = [f"kind.{'x' * number}" for number in range(300)]
    for kind in kinds * 2:
        written.log(kind)
    assert len(written.lines) == 300 + 44
    written.after(10)
    written.lines.clear()
    for kind in kinds[::-1] * 2:
        written.log(kind)
    assert len(written.lines) == 300 + 44


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    out = io.StringIO()
    yield out
    logs.sum_up()
    for handler in [one for one in root.handlers if one not in handlers]:
        root.removeHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(capture=False)


def test_the_log_sums_up_and_the_metric_counts_each(stream: io.StringIO) -> None:
    registry = Registry()
    logs.configure("INFO", "json", stream=stream)
    logging.getLogger().addHandler(LogCounter(registry))
    for number in range(5):
        logging.getLogger("core.test").warning("inbox.dead event=%d", number)
    logs.sum_up()
    first, summed = map(json.loads, stream.getvalue().splitlines())
    assert first["message"] == "inbox.dead event=0"
    assert summed["message"] == "inbox.dead event=0 (and 4 more like it in 1 s)"
    assert (summed["repeated"], summed["level"], summed["logger"]) == (4, "WARNING", "core.test")
    counter = registry.get("logging_total")
    assert isinstance(counter, Counter)
    assert counter.value("core", "WARNING") == 5


def test_what_was_held_back_comes_out_by_itself(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.logs._LOOK_EVERY_S", 0.001)
    logs.configure("INFO", "text", stream=stream)
    for _ in range(3):
        logging.getLogger("core.test").warning("again")
    assert len(stream.getvalue().splitlines()) == 1
    monkeypatch.setattr("core.logs._repeats._WINDOW_S", 0.0)
    while "again (and 2 more like it in 1 s)" not in stream.getvalue():
        time.sleep(0.001)


def test_arguments_that_cannot_be_shown_are_held_back_like_others(stream: io.StringIO) -> None:
    logs.configure("INFO", "text", stream=stream)
    handler = logging.getLogger().handlers[-1]
    for _ in range(3):
        handler.handle(logging.makeLogRecord({"levelno": 30, "msg": "one=%s two=%s", "args": ("x",)}))
    logs.sum_up()
    assert len(stream.getvalue().splitlines()) == 2
