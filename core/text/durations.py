"""Parses and formats durations as people type them: 90m, 24h, 7d, 1h30m, 2 weeks."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from core.errors import HelixError

_UNITS_S: Final = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_WORDS: Final = {
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), "w"),
    **dict.fromkeys(("d", "day", "days"), "d"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), "m"),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
}
_PART: Final = re.compile(r"(\d{1,9})([a-z]+)", re.ASCII)
_LONGEST: Final = 64
# Units for `say_duration`: name, seconds, least count.
_SAID: Final = (("day", 86_400, 2), ("hour", 3_600, 1), ("minute", 60, 1), ("second", 1, 1))
# A larger count is said in a larger unit.
_MOST_SAID: Final = 120


class WrongDuration(HelixError):
    """Not a duration, or one out of bounds; the text says what is accepted."""


def parse_duration(
    text: str, *, low: timedelta = timedelta(seconds=1), high: timedelta = timedelta(days=365)
) -> timedelta:
    """Parses a duration whose units get smaller from left to right: `1h30m`, `2 days`, `90 min`.

    Raises:
        WrongDuration: it is not a duration, or not within `low` to `high`.
    """
    compact = "".join(text.casefold().split())
    seconds = _seconds(compact) if len(compact) <= _LONGEST else None
    if seconds is None:
        raise WrongDuration("That is not a duration. Write 30m, 2h, 7d or 1h30m.")
    if not low.total_seconds() <= seconds <= high.total_seconds():
        raise WrongDuration(f"Choose a time from {say_duration(low)} to {say_duration(high)}.")
    return timedelta(seconds=seconds)


def format_duration(span: timedelta) -> str:
    """The shortest text that `parse_duration` reads as `span`, in whole seconds: "1h30m", or "0s"."""
    left = int(span.total_seconds())
    parts = []
    for unit, size in _UNITS_S.items():
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def say_duration(span: timedelta) -> str:
    """The duration in words: "7 days", "24 hours", "90 minutes"; in days from 2 days on."""
    seconds = int(span.total_seconds())
    for unit, size, least in _SAID:
        count, left = divmod(seconds, size)
        if count >= least and not left and (count <= _MOST_SAID or unit == "day"):
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return format_duration(span)


def say_last(span: timedelta) -> str:
    """A period that ends now, in words: "last 24 hours", "last hour"."""
    return f"last {say_duration(span).removeprefix('1 ')}"


def _seconds(compact: str) -> int | None:
    total, at, last = 0, 0, 0
    for part in _PART.finditer(compact):
        unit = _WORDS.get(part[2])
        if unit is None or part.start() != at or (at and _UNITS_S[unit] >= last):
            return None
        total += int(part[1]) * _UNITS_S[unit]
        at, last = part.end(), _UNITS_S[unit]
    return total if at == len(compact) and at else None
