"""Sums up warnings that repeat: the first is written, the others are counted for a while."""

from __future__ import annotations

import logging
import re
import time
import traceback
from collections.abc import Callable
from typing import Final, final

_WINDOW_S: Final = 10.0
# One that stays alone so long is written as it is.
_ALONE_S: Final = 1.0
_MOST_RUNS: Final = 256
# What makes alike lines differ: numbers, and ids, times and addresses, which hold some.
# Looked for where a word begins alone: tried from each of its letters, a long word takes seconds.
_VARIES: Final = re.compile(r"(?<![\w.:+-])[\w.:+-]*\d[\w.:+-]*")


class _Run:
    """A warning that was written, and those like it that have come since."""

    __slots__ = ("began_s", "count", "first", "held", "held_s")

    def __init__(self, first: str, began_s: float) -> None:
        self.first = first
        self.began_s = began_s
        self.count = 0
        self.held: logging.LogRecord | None = None
        self.held_s = 0.0


@final
class Repeats:
    """Lines of one logger are alike when their texts differ only in words that hold a digit.

    Warnings and errors are looked at, and what `core.logs.MANY` marks; never what `EACH` marks.

    Used under the lock of the handler that it belongs to.

    Args:
        finish: gives a record whose text is made, so that it can be kept.
    """

    def __init__(
        self,
        finish: Callable[[logging.LogRecord], logging.LogRecord],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._finish = finish
        self._monotonic = monotonic
        self._runs: dict[tuple[str, int, str], _Run] = {}

    @property
    def holding(self) -> bool:
        """Whether something waits to be summed up."""
        return any(run.count for run in self._runs.values())

    def hold(self, record: logging.LogRecord, text: str) -> bool:
        """Count a record whose message is `text`; False where it is to be written now."""
        if getattr(record, "each", record.levelno < logging.WARNING):
            return False
        now_s = self._monotonic()
        key = (record.name, record.levelno, _VARIES.sub("#", text + _error_of(record)))
        run = self._runs.get(key)
        if run is None or (not run.count and now_s - run.began_s >= _WINDOW_S):
            self._begin(key, _Run(text, now_s))
            return False
        run.count += 1
        if run.count == 1:
            run.held, run.held_s = self._finish(record), now_s
        return True

    def take_due(self, *, everything: bool = False) -> list[logging.LogRecord]:
        """What is to be written now: sums whose time is over (or all), and what stayed alone."""
        now_s = self._monotonic()
        due = []
        for key, run in tuple(self._runs.items()):
            over = everything or now_s - run.began_s >= _WINDOW_S
            if run.held is not None and run.count == 1 and (over or now_s - run.held_s >= _ALONE_S):
                due.append(run.held)
                run.count, run.held = 0, None
            elif run.count and over:
                due.append(_sum_up(key, run, now_s))
            if over:
                del self._runs[key]
        return due

    def _begin(self, key: tuple[str, int, str], run: _Run) -> None:
        if len(self._runs) >= _MOST_RUNS:
            over = [
                old
                for old, its in self._runs.items()
                if not its.count and run.began_s - its.began_s >= _WINDOW_S
            ]
            for old in over:
                del self._runs[old]
        if len(self._runs) < _MOST_RUNS:
            self._runs[key] = run


def _sum_up(key: tuple[str, int, str], run: _Run, now_s: float) -> logging.LogRecord:
    name, level, _ = key
    seconds = max(1, round(now_s - run.began_s))
    return logging.makeLogRecord(
        {
            "name": name,
            "levelno": level,
            "levelname": logging.getLevelName(level),
            "msg": f"{run.first} (and {run.count:,} more like it in {seconds} s)",
            "fields": {"repeated": run.count},
        }
    )


def _error_of(record: logging.LogRecord) -> str:
    error = record.exc_info[1] if record.exc_info else None
    return "" if error is None else "".join(traceback.format_exception_only(error))
