"""`roll` and `coinflip`: every die, which ones count, and their sum; fair coins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.cogs.fun._dice_notation import Dice, Number, Term

MOST_COINS: Final = 100


@dataclass(frozen=True, slots=True)
class Die:
    """One die; a dropped one does not count."""

    value: int
    dropped: bool


@dataclass(frozen=True, slots=True)
class RolledTerm:
    """A term with its dice (none for a number); `total` includes the term's sign."""

    term: Term
    dice: tuple[Die, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Rolled:
    """All terms, and their sum."""

    terms: tuple[RolledTerm, ...]
    total: int


def roll(terms: tuple[Term, ...], draw: Callable[[int, int], int]) -> Rolled:
    """Roll the dice; `draw(1, sides)` returns one die, both bounds included."""
    rolled = tuple(_roll_term(term, draw) for term in terms)
    return Rolled(rolled, sum(one.total for one in rolled))


def flip(count: int, draw_bits: Callable[[int], int]) -> tuple[bool, ...]:
    """Flip `count` coins, True for heads; `draw_bits(n)` returns n fair bits."""
    bits = draw_bits(count)
    return tuple(bool(bits >> index & 1) for index in range(count))


def _roll_term(term: Term, draw: Callable[[int, int], int]) -> RolledTerm:
    if isinstance(term, Number):
        return RolledTerm(term, (), term.sign * term.value)
    values = [draw(1, term.sides) for _ in range(term.count)]
    kept = _kept(values, term)
    dice = tuple(Die(value, index not in kept) for index, value in enumerate(values))
    return RolledTerm(term, dice, term.sign * sum(values[index] for index in kept))


def _kept(values: list[int], dice: Dice) -> frozenset[int]:
    """The indexes of the dice that count; the first of equal ones."""
    order = sorted(range(len(values)), key=lambda index: values[index], reverse=dice.keep == "h")
    return frozenset(order[: dice.kept])
