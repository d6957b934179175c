"""`fortune`: one of the texts, the same for a person during a UTC day.

Each person has a first text and a step, derived from their id and the sign. The number of texts is prime, so
every text comes up before one repeats.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.cogs.fun._day import seed
from bot.cogs.fun._fortunes import FORTUNES
from bot.cogs.fun._signs import SIGNS
from state.agents import ROSTER


@dataclass(frozen=True, slots=True)
class Fortune:
    """A person's fortune for a day.

    Attributes:
        sign: the sign, if one was given; `symbol` and `advice` belong to it.
        companion: the agent of the day, with its symbol.
        number: from 1 to 99.
    """

    text: str
    sign: str | None
    symbol: str
    advice: str
    companion: str
    number: int


def build_fortune(user_id: int, day: int, sign: str | None) -> Fortune:
    """The fortune of a person on a day, with or without a sign."""
    known = None if sign is None else SIGNS[sign]
    place = seed("place", user_id, sign) % len(FORTUNES)
    step = 1 + seed("step", user_id, sign) % (len(FORTUNES) - 1)
    companion = ROSTER[seed("companion", user_id, sign, day) % len(ROSTER)]
    return Fortune(
        text=FORTUNES[(place + day * step) % len(FORTUNES)],
        sign=sign,
        symbol="🔮" if known is None else known.symbol,
        advice="" if known is None else known.advice,
        companion=f"{companion.symbol} {companion.name}",
        number=1 + seed("number", user_id, sign, day) % 99,
    )
