"""Escape of z² + c: each pixel's smooth step count and its least distance from the middle.

Single precision is enough for the views that are drawn: a pixel is never smaller than 1e-5.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.pictures._palette import Floats

# The squared escape radius; large, for a smooth count.
_AWAY: Final = 256.0
# This many pixels fit in the processor's cache.
_CHUNK: Final = 32_768


def escape(start: tuple[Floats, Floats], constant: tuple[Floats, Floats], most: int) -> tuple[Floats, Floats]:
    """The smooth step count, -1 for pixels that stay; the squared least distance from the middle.

    Args:
        start: real and imaginary z of each pixel, flat.
        constant: same for c.
        most: a pixel still there after so many steps stays.
    """
    count = np.full(start[0].size, -1, dtype=np.float32)
    nearest = np.empty(start[0].size, dtype=np.float32)
    for begin in range(0, start[0].size, _CHUNK):
        part = slice(begin, begin + _CHUNK)
        given = [values[part] for values in (*start, *constant)]
        _chunk(given, most, count[part], nearest[part])
    return count, nearest


def _chunk(given: list[Floats], most: int, count: Floats, nearest: Floats) -> None:
    x, y, a, b = given
    x, y = x.copy(), y.copy()
    least: Floats = np.full(x.size, 1e9, dtype=np.float32)
    place: NDArray[np.int32] = np.arange(x.size, dtype=np.int32)
    for step in range(most):
        xx: Floats = x * x
        yy: Floats = y * y
        far: Floats = xx + yy
        gone = far > _AWAY
        if gone.any():
            left = place[gone]
            count[left] = step + 1 - np.log2(np.log2(far[gone]) * 0.5)
            nearest[left] = least[gone]
            stay = ~gone
            x, y, a, b, xx, yy, far, least = (values[stay] for values in (x, y, a, b, xx, yy, far, least))
            place = place[stay]
            if not place.size:
                return
        if step:
            np.minimum(least, far, out=least)
        y *= x
        y *= 2
        y += b
        np.subtract(xx, yy, out=x)
        x += a
    nearest[place] = least
