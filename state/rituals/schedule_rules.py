"""When a schedule runs: "every 6h", or a cron expression in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from core.errors import HelixError
from core.text.durations import WrongDuration, format_duration, parse_duration, say_duration

SHORTEST: Final = timedelta(minutes=10)
LONGEST: Final = timedelta(days=365)
EXAMPLES: Final = ("every 6h", "every 1d", "0 6 * * *", "30 18 * * MON", "0 0 1 * *")
_NEVER: Final = timedelta(days=36_525)
_EVERY: Final = "every"
_CRON_FIELDS: Final = 5
_LONGEST_TEXT: Final = 100
# How many runs in a row are checked for a distance that is too short.
_RUNS_CHECKED: Final = 120
_WANTED: Final = (
    "Write `every 6h`, or five cron fields in UTC (minute, hour, day, month, weekday): "
    "`0 6 * * *` is daily at 06:00."
)


class WrongSchedule(HelixError):
    """Not a schedule, or one that never runs or runs too often; the text says what is accepted."""


class Every(msgspec.Struct, frozen=True):
    """Runs at equal distances from the schedule's creation."""

    span: timedelta

    @property
    def text(self) -> str:
        """Such as "every 6h"."""
        return f"{_EVERY} {format_duration(self.span)}"

    def next_after(self, moment: datetime, anchor: datetime, /) -> datetime:
        """The first whole number of spans (at least one) after the anchor that is later than `moment`.

        An anchor in the future was set by a wrong clock; `moment` is used instead.
        """
        anchor = min(anchor, moment)
        passed = (moment - anchor) // self.span
        return anchor + (passed + 1) * self.span


class Cron(msgspec.Struct, frozen=True):
    """Runs by a cron expression of five fields (minute, hour, day, month, weekday), in UTC."""

    text: str

    def next_after(self, moment: datetime, _anchor: datetime, /) -> datetime:
        """The first match after `moment`; if cronsim finds none in 50 years, a time beyond them."""
        from cronsim import CronSim

        return next(CronSim(self.text, moment.astimezone(UTC)), moment + _NEVER)


Rule = Every | Cron


def parse_rule(text: str, now: datetime) -> Rule:
    """Parses a rule.

    Raises:
        WrongSchedule: not a rule, or one that never runs or runs more often than every 10 minutes.
    """
    words = text.split()
    if len(text) > _LONGEST_TEXT or not words:
        raise WrongSchedule(_WANTED)
    if words[0].casefold() == _EVERY:
        return _every(" ".join(words[1:]))
    if len(words) != _CRON_FIELDS:
        raise WrongSchedule(_WANTED)
    return _cron(" ".join(words).upper(), now)


def stored_rule(text: str) -> Rule:
    """The rule of a stored text, which was checked when it was created."""
    word, _, span = text.partition(" ")
    return Every(parse_duration(span, high=LONGEST)) if word == _EVERY else Cron(text)


def _every(span: str) -> Every:
    try:
        return Every(parse_duration(span, low=SHORTEST, high=LONGEST))
    except WrongDuration as error:
        raise WrongSchedule(f"`every` must be followed by a duration, such as `every 6h`. {error}") from None


def _cron(text: str, now: datetime) -> Cron:
    from cronsim import CronSim, CronSimError

    try:
        runs = CronSim(text, now.astimezone(UTC))
    except CronSimError as error:
        # cronsim's texts name the field, such as "Bad minute".
        raise WrongSchedule(f"Not a cron expression: {str(error).lower()}. {_WANTED}") from None
    previous: datetime | None = None
    for _, run in zip(range(_RUNS_CHECKED), runs, strict=False):
        if previous is not None and run - previous < SHORTEST:
            raise WrongSchedule(
                f"It would run twice within {say_duration(run - previous)}. "
                f"The least time between two runs is {say_duration(SHORTEST)}."
            )
        if previous is not None and run - now > LONGEST:
            break
        previous = run
    if previous is None:
        raise WrongSchedule("No such time comes in the next 50 years. Choose another one.")
    return Cron(text)
