"""Draws the field as a PNG; runs in the worker (`bot.pictures.field:draw`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from bot.pictures._finish import finish
from bot.pictures._fractals import draw_julia, draw_mandelbrot
from bot.pictures._mandala import draw_mandala
from bot.pictures._ouroboros import draw_ouroboros
from bot.pictures._palette import Floats
from bot.pictures.field_request import FieldRequest, Style

_PAINTERS: Final[Mapping[Style, Callable[[FieldRequest], Floats]]] = MappingProxyType(
    {
        "mandelbrot": draw_mandelbrot,
        "julia": draw_julia,
        "ouroboros": draw_ouroboros,
        "mandala": draw_mandala,
    }
)


def draw(payload: bytes) -> bytes:
    """A PNG for a `FieldRequest` in JSON; the same request gives the same bytes."""
    field = msgspec.json.decode(payload, type=FieldRequest)
    return finish(field, _PAINTERS[field.style](field))
