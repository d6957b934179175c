"""The plane that is drawn on, and the turbulence that friction brings into it."""

from __future__ import annotations

import numpy as np

from bot.pictures._palette import Floats
from bot.pictures.field_request import FieldRequest


def build_plane(size: int) -> tuple[Floats, Floats]:
    """The x and y of each pixel's middle, from -1 to 1; y grows upwards."""
    line = (np.arange(size, dtype=np.float32) + 0.5) * np.float32(2.0 / size) - 1.0
    x, y = np.meshgrid(line, -line)
    return x, y


def ruffle(x: Floats, y: Floats, field: FieldRequest, reach: float) -> tuple[Floats, Floats]:
    """The plane, disturbed by klesha: nothing at 0, waves of `reach` at 1."""
    strength = np.float32(reach * field.klesha**1.5)
    if strength < 1e-4:
        return x, y
    first = np.sin(5.1 * y + 1.7 * x + 0.6)
    second = np.sin(4.3 * x - 2.9 * y + 2.1)
    third = np.sin(11.3 * (x + 0.3 * second) + 1.1)
    fourth = np.sin(12.7 * (y + 0.3 * first) + 4.0)
    half = 0.45
    return x + strength * (first + half * fourth), y + strength * (second + half * third)


def smoothstep(low: float, high: float, values: Floats) -> Floats:
    """0 up to `low`, 1 from `high` on, and a smooth way between."""
    share = np.clip((values - np.float32(low)) / np.float32(high - low), 0, 1).astype(np.float32)
    result: Floats = share * share * (3 - 2 * share)
    return result
