"""What `fortune` says: one of the texts, stable for a person and a day (UTC).

A person goes through the texts in an order of their own: the order begins at a place, and goes on by a step,
that both come from their id and the sign. As the number of texts is prime, every text comes before one comes
again, and no two days in a row are alike.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.cogs.fun._day import seed
from bot.cogs.fun._fortunes import FORTUNES
from bot.cogs.fun._signs import SIGNS
from state.agents import ROSTER


@dataclass(frozen=True, slots=True)
class Fortune:
    """A person's day in words.

    Attributes:
        sign: the sign it was read under, with its symbol and advice in the next two; None without one.
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
    """The fortune of a person on a day, under a sign or none."""
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
