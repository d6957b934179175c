"""What `coinflip` flips. Nothing of the collective's goes into it: a coin that leans is no coin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from core.errors import HelixError

MOST_COINS: Final = 100


class WrongCount(HelixError):
    """So many coins cannot be flipped."""


def check_count(count: int) -> int:
    """`count`, when so many coins may be flipped.

    Raises:
        WrongCount: it is not from 1 to 100.
    """
    if not 1 <= count <= MOST_COINS:
        shown = str(count) if abs(count) < 10**9 else "that many"
        raise WrongCount(f"`count` is a whole number from 1 to {MOST_COINS}, not {shown}.")
    return count


def flip(count: int, draw_bits: Callable[[int], int]) -> tuple[bool, ...]:
    """So many coins, True for heads; `draw_bits(n)` gives n fair bits."""
    bits = draw_bits(count)
    return tuple(bool(bits >> index & 1) for index in range(count))
