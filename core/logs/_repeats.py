"""Sums up repeated warnings: the first is written, the others are counted for a while."""

from __future__ import annotations

import logging
import re
import time
import traceback
from collections.abc import Callable
from typing import Final, final

_WINDOW_S: Final = 10.0
# A single repeat is written unchanged after this time.
_ALONE_S: Final = 1.0
_MOST_RUNS: Final = 256
# The varying words of similar lines: those that contain a digit (ids, times, addresses).
# Matches start at word starts only; starting at every letter would take seconds for a long word.
_VARIES: Final = re.compile(r"(?<![\w.:+-])[\w.:+-]*\d[\w.:+-]*")


class _Run:
    """A warning that was written, and the count of similar ones since."""

    __slots__ = ("began_s", "count", "first", "held", "held_s")

    def __init__(self, first: str, began_s: float) -> None:
        self.first = first
        self.began_s = began_s
        self.count = 0
        self.held: logging.LogRecord | None = None
        self.held_s = 0.0


@final
class Repeats:
    """Counts similar lines: of one logger, with texts that differ only in words that contain a digit.

    Applies to warnings and errors, and to records marked `core.logs.MANY`; never to those marked `EACH`. Used
    under the lock of its handler.

    Args:
        finish: returns a copy of a record with its text formatted, so that it can be kept.
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
        """Whether any line waits to be summed up."""
        return any(run.count for run in self._runs.values())

    def hold(self, record: logging.LogRecord, text: str) -> bool:
        """Counts a record whose message is `text`; False if it is to be written now."""
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
        """The records to write now: sums whose window is over (or all), and single repeats."""
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
