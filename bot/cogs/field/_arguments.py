"""Parse what members type about the field: metrics, values, windows, alerts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.arguments.parsing import parse_word
from bot.text.words import quoted
from core.errors import HelixError, UnknownName
from core.text.durations import parse_duration
from state.alerts import LONGEST_MUTE, SHORTEST_MUTE
from state.models import METRICS

ALL: Final = "all"
OFF: Final = "off"
ALERT_ACTIONS: Final = ("list", "ack", "mute")
DEFAULT_WINDOW: Final = "24h"
_SHORTEST_WINDOW: Final = timedelta(minutes=10)
_LONGEST_WINDOW: Final = timedelta(days=365)
_NUMBER: Final = re.compile(r"([+-]?)(\d{1,9}(?:[.,]\d{0,15})?|[.,]\d{1,15})", re.ASCII)
_ALERT: Final = re.compile(r"#?(\d{1,15})", re.ASCII)


class WrongInput(HelixError):
    """An argument is not valid; the message shows a valid one."""


class UnknownMetric(UnknownName):
    """No metric has this name."""

    kind = "metric"


@dataclass(frozen=True, slots=True)
class Shift:
    """A value to set, or to add to the current one."""

    amount: float
    relative: bool


def parse_metric(word: str) -> str:
    """The metric with this name, in any letter case.

    Raises:
        UnknownMetric: no metric has this name; the message suggests the nearest.
    """
    return parse_word(word, tuple(METRICS), UnknownMetric)


def parse_value(text: str) -> Shift:
    """`0.7` sets; `+0.1` and `-0.1` shift. A decimal comma works, too.

    Raises:
        WrongInput: the text is not a number.
    """
    match = _NUMBER.fullmatch(text.strip().replace("−", "-"))
    if match is None:
        raise WrongInput(
            f"{quoted(text, 40)} is not a value: give a number such as 0.7, or a shift such as +0.1 or -0.1."
        )
    sign, digits = match.groups()
    amount = float(digits.replace(",", "."))
    return Shift(-amount if sign == "-" else amount, relative=bool(sign))


def parse_scope(metric: str | None, window: str | None) -> tuple[tuple[str, ...], timedelta]:
    """The metrics (one or all) and the window; a window alone means all metrics.

    Raises:
        UnknownMetric: no metric has this name.
        WrongDuration: the window is not valid.
    """
    word = (metric or ALL).strip().casefold()
    if window is None and word[:1].isdigit():
        word, window = ALL, word
    span = parse_duration(window or DEFAULT_WINDOW, low=_SHORTEST_WINDOW, high=_LONGEST_WINDOW)
    if word == ALL:
        return tuple(METRICS), span
    return (parse_word(word, (*METRICS, ALL), UnknownMetric),), span


def parse_alert(text: str | None) -> int:
    """An alert's number: `3` or `#3`.

    Raises:
        WrongInput: the text is missing or not a number.
    """
    match = _ALERT.fullmatch((text or "").strip())
    if match is None:
        what = "Which alert?" if text is None else f"{quoted(text, 40)} is not an alert."
        raise WrongInput(f"{what} Give its number, as in `/alerts ack 3`; `/alerts` lists them.")
    return int(match[1])


def parse_mute(target: str | None, span: str | None) -> tuple[str, timedelta | None]:
    """The metric to mute and the duration; None ends the mute.

    Raises:
        UnknownMetric: no metric has this name.
        WrongDuration: the duration is not valid.
        WrongInput: one of the two is missing.
    """
    if target is None or span is None:
        raise WrongInput("Give a metric and a duration: `/alerts mute harmony 2h`; `off` ends a mute.")
    metric = parse_metric(target)
    if span.strip().casefold() == OFF:
        return metric, None
    return metric, parse_duration(span, low=SHORTEST_MUTE, high=LONGEST_MUTE)
