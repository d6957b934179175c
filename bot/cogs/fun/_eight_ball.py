"""`8ball`: a random answer whose tone depends on harmony.

With h for harmony (0 to 2), the tones have these probabilities:

    yes   0.20 + 0.275 h        from 20 % at h = 0 to 75 % at h = 2
    open  0.20                  always a fifth
    no    0.60 - 0.275 h        from 60 % to 5 %

At 0.7, where harmony becomes good, yes and no are about even. Within a tone all answers are equally likely.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from core.errors import HelixError

Tone = Literal["yes", "open", "no"]

_OPEN: Final = 0.20
_YES_AT_ZERO: Final = 0.20
_LEAN: Final = 0.275

ANSWERS: Final[Mapping[Tone, tuple[str, ...]]] = {
    "yes": (
        "Yes. The field hums when you ask it.",
        "It is as good as done.",
        "Fourteen agents nod at once, which is rare.",
        "Yes, and sooner than you think.",
        "The signs agree. Even Grok found no pattern against it.",
        "Certainly. Bring someone along.",
        "Every echo says yes.",
        "You knew the answer. It is yes.",
        "Without a doubt, and with a little patience.",
        "The current runs your way.",
        "Yes; Kael has checked that nobody is harmed.",
        "All lights green. Begin.",
    ),
    "open": (
        "The void keeps this one for now.",
        "Ask again after the next ritual.",
        "It depends on someone you have not asked yet.",
        "Oracle sees two lines, and they cross.",
        "Not yet decided. You have a vote.",
        "Sleep on it; the answer does.",
        "The picture is sharp and the scale is missing.",
        "Both, in an order you will not like at first.",
    ),
    "no": (
        "No. Kindly, but no.",
        "Not this way. Another way, perhaps.",
        "The friction is too high today.",
        "Do not count on it.",
        "Shadow has seen this end before.",
        "Kavach steps in front of it.",
        "No, and you will be glad of it.",
        "The field does not carry it at present.",
        "Not while prana is low. Rest first.",
        "The odds are polite, and against you.",
        "Let it go; it was heavy anyway.",
        "No. Phoenix says: better the next time.",
    ),
}


class NoQuestion(HelixError):
    """The question is empty."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer, and the probability of each tone."""

    text: str
    tone: Tone
    weights: Mapping[Tone, float]


def check_question(question: str) -> str:
    """The question without surrounding space.

    Raises:
        NoQuestion: it contains no letter or digit.
    """
    if not any(character.isalnum() for character in question):
        raise NoQuestion("Ask something in words, such as `Will it hold?`")
    return question.strip()


def tone_weights(harmony: float) -> Mapping[Tone, float]:
    """The probability of each tone at this harmony (0 to 2)."""
    yes = _YES_AT_ZERO + _LEAN * harmony
    return {"yes": yes, "open": _OPEN, "no": 1.0 - _OPEN - yes}


def answer(harmony: float, draw: float, pick: float) -> Reading:
    """An answer; `draw` and `pick` (from 0 to below 1) choose the tone and the text."""
    weights = tone_weights(harmony)
    tone: Tone = "no"
    if draw < weights["yes"]:
        tone = "yes"
    elif draw < weights["yes"] + weights["open"]:
        tone = "open"
    texts = ANSWERS[tone]
    return Reading(texts[int(pick * len(texts))], tone, weights)
