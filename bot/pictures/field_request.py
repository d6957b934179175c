"""What a picture of the field is made of, as it is handed to the worker; imports nothing that draws."""

from __future__ import annotations

from typing import Final, Literal, get_args

import msgspec

Style = Literal["mandelbrot", "julia", "ouroboros", "mandala"]

STYLES: Final[tuple[Style, ...]] = get_args(Style)
DRAW: Final = "bot.pictures.field:draw"


class FieldRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The six numbers, what to make of them, and how large: width and height in pixels."""

    style: Style
    size: int
    harmony: float
    resilience: float
    prana: float
    drishti: float
    klesha: float
    zoom: float
