"""The colours of a field: a gradient from dark to light, as a table to look colours up in.

Harmony chooses between four gradients and blends neighbours: ember (0), dusk (0.7), sea (1.3), gold (2).
Prana gives them strength: without it they fade to grey, with all of it they shine.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bot.pictures.field_request import FieldRequest

# Single precision throughout; numpy's types lose that at the first Python number.
Floats = NDArray[np.floating[Any]]

STEPS: Final = 1024

_STOPS: Final = (0.0, 0.22, 0.48, 0.75, 1.0)
_GRADIENTS: Final[tuple[tuple[float, tuple[str, ...]], ...]] = (
    (0.0, ("0a0510", "3a0b2c", "96202f", "ea6a2f", "ffdcae")),
    (0.7, ("070a1f", "1e2a78", "6a40b4", "e0719c", "ffe6cf")),
    (1.3, ("03111d", "0a4675", "10969a", "86dba2", "fdf8d2")),
    (2.0, ("0b0920", "322b80", "a9662f", "f5c04f", "fffbe6")),
)
# How much each channel weighs in the brightness that is seen (ITU-R BT.709).
_LUMA: Final = np.array((0.2126, 0.7152, 0.0722), dtype=np.float32)


def build_palette(field: FieldRequest) -> Floats:
    """The gradient of this field: `STEPS` colours of three channels, 0 to 1."""
    (low, dark), (high, light) = _neighbours(field.harmony)
    share = (field.harmony - low) / (high - low)
    stops = _rgb(dark) * (1 - share) + _rgb(light) * share
    where = np.linspace(0.0, 1.0, STEPS)
    table = np.stack([np.interp(where, _STOPS, stops[:, channel]) for channel in range(3)], axis=1)
    colours = table.astype(np.float32)
    grey = (colours @ _LUMA)[:, None]
    strength = np.float32(0.6 + 0.5 * field.prana)
    shine = np.float32(0.95 + 0.15 * field.prana)
    return np.clip((grey + (colours - grey) * strength) * shine, 0.0, 1.0).astype(np.float32)


def look_up(palette: Floats, shares: Floats) -> Floats:
    """The colours at these places of the gradient (0 to 1); what lies outside gets the end's."""
    index = np.clip(shares * (STEPS - 1), 0, STEPS - 1).astype(np.int32)
    found: Floats = palette[index]
    return found


def _neighbours(harmony: float) -> tuple[tuple[float, tuple[str, ...]], tuple[float, tuple[str, ...]]]:
    upper = next(index for index in range(1, len(_GRADIENTS)) if harmony <= _GRADIENTS[index][0])
    return _GRADIENTS[upper - 1], _GRADIENTS[upper]


def _rgb(colours: tuple[str, ...]) -> NDArray[np.float64]:
    return np.array([[int(one[at : at + 2], 16) / 255 for at in (0, 2, 4)] for one in colours])
