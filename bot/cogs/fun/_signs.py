"""The twelve signs, each with the collective's advice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from core.errors import UnknownName


class Sign(msgspec.Struct, frozen=True):
    """A sign of the zodiac: its symbol and its advice."""

    symbol: str
    advice: str


SIGNS: Final[Mapping[str, Sign]] = {
    "aries": Sign("♈", "Begin, and look back once to see who follows."),
    "taurus": Sign("♉", "What you keep steady, others build on."),
    "gemini": Sign("♊", "Say both thoughts; one of them is the joke."),
    "cancer": Sign("♋", "Guard the small fire, and let people near it."),
    "leo": Sign("♌", "Shine sideways, so that others are lit."),
    "virgo": Sign("♍", "Mend one thing and leave two alone."),
    "libra": Sign("♎", "Weigh it, then put the scales away."),
    "scorpio": Sign("♏", "Ask the deep question gently."),
    "sagittarius": Sign("♐", "Aim further than you see, and mind your feet."),
    "capricorn": Sign("♑", "One step up is still up."),
    "aquarius": Sign("♒", "Pour it out where it is dry."),
    "pisces": Sign("♓", "Swim with the stream until it asks you to turn."),
}


class UnknownSign(UnknownName):
    """No sign has this name."""

    kind = "sign"


def parse_sign(word: str | None) -> str | None:
    """The sign that `word` names or begins, in any letter case; None without a word.

    Raises:
        UnknownSign: none or several match; the message suggests the nearest.
    """
    if word is None:
        return None
    wanted = word.strip().casefold()
    found = [name for name in SIGNS if wanted and name.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    raise UnknownSign(word.strip(), tuple(SIGNS))
