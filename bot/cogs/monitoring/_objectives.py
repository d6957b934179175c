"""The service level objectives in words."""

from __future__ import annotations

from dataclasses import dataclass

from bot.text.words import duration, percent
from state.slo import objectives


@dataclass(frozen=True, slots=True)
class Objective:
    """One objective.

    Attributes:
        target: the bound, in words.
        stands: the measured value in words, or why there is none.
        met: None if there is not enough data.
    """

    name: str
    target: str
    stands: str
    met: bool | None


def build_objectives(report: objectives.SloReport) -> tuple[Objective, ...]:
    """The eight objectives, measured over the last day."""
    return tuple(map(_in_words, report.promises))


def _in_words(measured: objectives.Objective) -> Objective:
    say = percent if measured.unit == "ratio" else duration
    if measured.value is not None:
        stands = say(measured.value)
    else:
        stands = "too few yet" if measured.samples else "no data yet"
    return Objective(measured.title, f"{measured.comparison} {say(measured.target)}", stands, measured.met)
