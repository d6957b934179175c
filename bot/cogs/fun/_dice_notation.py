"""Dice notation: parse and format, with errors that show what is wrong, where, and a valid example.

    dice  := [sign] term (sign term)*
    term  := [count] "d" (sides | "%") [keep] | number
    keep  := ("kh" | "kl" | "k") [number]        `k` is `kh`; without a number it keeps one

Spaces between the parts and any letter case are allowed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from bot.text.words import quoted
from core.errors import HelixError

MOST_DICE: Final = 100
MOST_SIDES: Final = 1_000
MOST_TERMS: Final = 20
HIGHEST_NUMBER: Final = 1_000_000
LONGEST: Final = 200

_DIGITS: Final = "0123456789"
_EXAMPLES: Final = "such as `2d6`, `4d6kh3` or `1d20+5`"
# Characters shown on each side of an error.
_AROUND: Final = 24

Sign = Literal[1, -1]
Keep = Literal["h", "l"]


class WrongDice(HelixError):
    """The text is not dice notation; the message shows where, and a valid example.

    Attributes:
        at: index of the wrong character.
    """

    def __init__(self, text: str, at: int, what: str) -> None:
        self.at = at
        before, after = text[max(0, at - _AROUND) : at], text[at : at + _AROUND]
        where = f"{'…' if at > _AROUND else ''}{before}👉{after}{'…' if len(text) > at + _AROUND else ''}"
        super().__init__(f"{quoted(where)}: {what}")


@dataclass(frozen=True, slots=True)
class Dice:
    """A group of equal dice, such as `4d6kh3`.

    Attributes:
        keep: whether the highest ("h") or the lowest ("l") count; None if all count.
        kept: how many count.
    """

    sign: Sign
    count: int
    sides: int
    keep: Keep | None
    kept: int


@dataclass(frozen=True, slots=True)
class Number:
    """A number to add or subtract."""

    sign: Sign
    value: int


Term = Dice | Number


def parse_dice(text: str) -> tuple[Term, ...]:
    """The terms of a notation: 1 to 100 dice of at most 1000 sides.

    Raises:
        WrongDice: the text is not valid.
    """
    return _Parser(text).parse()


def format_dice(terms: tuple[Term, ...]) -> str:
    """The shortest notation of these terms; parsing it gives the same terms."""
    parts = []
    for index, term in enumerate(terms):
        sign = "-" if term.sign < 0 else "+" if index else ""
        parts.append(sign + (str(term.value) if isinstance(term, Number) else format_group(term)))
    return "".join(parts)


def format_group(dice: Dice) -> str:
    """One group of dice without its sign."""
    keep = f"k{dice.keep}{dice.kept}" if dice.keep is not None else ""
    return f"{dice.count}d{dice.sides}{keep}"


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._dice = 0

    def parse(self) -> tuple[Term, ...]:
        if len(self._text) > LONGEST:
            raise self._wrong(f"this is too long; use at most {LONGEST} characters.", LONGEST)
        terms = [self._term(self._sign(first=True))]
        while self._peek():
            sign = self._sign(first=False)
            if len(terms) == MOST_TERMS:
                raise self._wrong(f"use at most {MOST_TERMS} parts.", self._at - 1)
            terms.append(self._term(sign))
        if not self._dice:
            raise self._wrong(f"there is no die in it. Write dice {_EXAMPLES}.", 0)
        return tuple(terms)

    def _sign(self, *, first: bool) -> Sign:
        found = self._peek()
        if found and found in "+-−":
            self._at += 1
            return 1 if found == "+" else -1
        if not first:
            raise self._wrong(f"expected `+`, `-` or the end here. Write dice {_EXAMPLES}.")
        return 1

    def _term(self, sign: Sign) -> Term:
        start, count = self._at, self._number("how many dice")
        if self._peek() not in ("d", "D"):
            if count is None:
                what = "the dice are missing" if not self._peek() else "expected a number or a die here"
                raise self._wrong(f"{what}, {_EXAMPLES}.")
            if count > HIGHEST_NUMBER:
                raise self._wrong(f"a number is at most {HIGHEST_NUMBER}.", start)
            return Number(sign, count)
        count = 1 if count is None else count
        self._dice += count
        if count < 1 or self._dice > MOST_DICE:
            raise self._wrong(f"from 1 to {MOST_DICE} dice can be rolled at once.", start)
        self._at += 1
        sides = self._sides()
        keep, kept = self._keep(count)
        return Dice(sign, count, sides, keep, kept)

    def _sides(self) -> int:
        if self._peek() == "%":
            self._at += 1
            return 100
        start, sides = self._at, self._number("how many sides")
        if sides is None:
            raise self._wrong("after `d` comes the number of sides, such as `d6` or `d20`.")
        if not 1 <= sides <= MOST_SIDES:
            raise self._wrong(f"a die has from 1 to {MOST_SIDES} sides.", start)
        return sides

    def _keep(self, count: int) -> tuple[Keep | None, int]:
        if self._peek() not in ("k", "K"):
            return None, count
        self._at += 1
        found = self._peek()
        keep: Keep = "l" if found in ("l", "L") else "h"
        if found and found in "hHlL":
            self._at += 1
        elif found and found not in _DIGITS and found not in "+-−":
            raise self._wrong("after `k` comes `h` for the highest or `l` for the lowest, such as `4d6kh3`.")
        start, kept = self._at, self._number("how many to keep")
        kept = 1 if kept is None else kept
        if not 1 <= kept <= count:
            raise self._wrong(f"of {count} dice, from 1 to {count} can be kept.", start)
        return keep, kept

    def _number(self, what: str) -> int | None:
        self._peek()
        start = self._at
        while self._at < len(self._text) and self._text[self._at] in _DIGITS:
            self._at += 1
        digits = self._text[start : self._at].lstrip("0")
        if len(digits) > len(str(HIGHEST_NUMBER)):
            raise self._wrong(f"that number is far too large for {what}.", start)
        return int(digits or 0) if self._at > start else None

    def _peek(self) -> str:
        """The next character after any spaces; empty at the end."""
        while self._at < len(self._text) and self._text[self._at].isspace():
            self._at += 1
        return self._text[self._at : self._at + 1]

    def _wrong(self, what: str, at: int | None = None) -> WrongDice:
        return WrongDice(self._text, self._at if at is None else at, what)
