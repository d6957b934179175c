"""The promises of Helix in words, as `/slo` states them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.text.words import duration, percent
from state.slo import objectives


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise.

    Attributes:
        target: the bound, in words.
        stands: the measured value in words, or why there is none.
        kept: None where there is nothing to judge by.
    """

    name: str
    target: str
    stands: str
    kept: bool | None


def build_promises(report: objectives.SloReport) -> tuple[Promise, ...]:
    """The eight promises, as they stand over the last day."""
    return tuple(map(_in_words, report.promises))


def _in_words(promise: objectives.Promise) -> Promise:
    say = percent if promise.unit == "ratio" else duration
    if promise.value is not None:
        stands = say(promise.value)
    else:
        stands = "too few yet" if promise.samples else "no data yet"
    return Promise(promise.title, f"{promise.comparison} {say(promise.target)}", stands, promise.met)
