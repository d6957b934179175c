"""`coinflip`: fair coins, not influenced by the field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from core.errors import HelixError

MOST_COINS: Final = 100


class WrongCount(HelixError):
    """The number of coins is out of range."""


def check_count(count: int) -> int:
    """Return `count` if it is in range.

    Raises:
        WrongCount: it is not from 1 to 100.
    """
    if not 1 <= count <= MOST_COINS:
        shown = str(count) if abs(count) < 10**9 else "that many"
        raise WrongCount(f"`count` must be from 1 to {MOST_COINS}, not {shown}.")
    return count


def flip(count: int, draw_bits: Callable[[int], int]) -> tuple[bool, ...]:
    """Flip `count` coins, True for heads; `draw_bits(n)` returns n fair bits."""
    bits = draw_bits(count)
    return tuple(bool(bits >> index & 1) for index in range(count))
