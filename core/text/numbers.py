"""Formats numbers without an exponent."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

# Outside 1e-15 to 1e15 an exponent is easier to read.
_MOST: Final = 1e15


def plain(value: float, digits: int = 15) -> str:
    """The number with at most `digits` significant digits: 2592000, 0.25, 0.00001."""
    rounded = f"{value:.{digits}g}"
    if value and not 1 / _MOST < abs(value) < _MOST:
        return rounded
    return format(Decimal(rounded), "f")
