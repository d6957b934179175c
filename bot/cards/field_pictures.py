"""Pictures of the field: parse the style, draw in the worker process, describe in words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from bot.pictures.field_request import DRAW, STYLES, FieldRequest, Style
from core.errors import UnknownName
from state.models import METRICS, UCF, judge

Draw = Callable[[str, bytes], Awaitable[bytes]]

_SEEN = {
    "mandelbrot": "The rim of the Mandelbrot set as a relief under a low sun, seen {place}",
    "julia": "A Julia set, {substance}, as a relief under a low sun",
    "ouroboros": "A scaled serpent in a ring, its mouth {mouth}, {shape}",
    "mandala": "A lotus of {rings} rings of petals, {petals} to a ring, {shape}",
}


class UnknownStyle(UnknownName):
    """No style has this name."""

    kind = "style"


class FieldPicture(msgspec.Struct, frozen=True):
    """A PNG and its alt text."""

    style: Style
    png: bytes
    alt: str


def parse_style(word: str | None) -> Style:
    """The style that `word` names or begins, in any letter case; mandala by default.

    Raises:
        UnknownStyle: none or several match; the message suggests the nearest.
    """
    wanted = "mandala" if word is None else word.strip().casefold()
    found = [style for style in STYLES if wanted and style.startswith(wanted)]
    exact = [style for style in found if style == wanted]
    if len(exact or found) == 1:
        return (exact or found)[0]
    raise UnknownStyle((word or "").strip(), STYLES)


async def draw(run: Draw, ucf: UCF, style: Style, size: int) -> FieldPicture:
    """Draw the field, `size` pixels square; the same field gives the same bytes.

    Args:
        run: the kernel's `draw`, or the worker's `run`, which always draws.
        ucf: the field.
        style: what it is shown as.
        size: of each side.
    """
    request = FieldRequest(style=style, size=size, **ucf.as_dict())
    png = await run(DRAW, msgspec.json.encode(request))
    return FieldPicture(style, png, alt_text(ucf, style))


def alt_text(ucf: UCF, style: Style) -> str:
    """The alt text: what the picture shows, and the values behind it."""
    seen = _SEEN[style].format(
        place=_place(ucf.zoom),
        substance="in one piece" if ucf.klesha <= METRICS["klesha"].good_high else "falling to dust",
        mouth="at its tail" if ucf.harmony >= 1.2 else "still short of its tail",
        shape="round and at rest" if ucf.klesha <= METRICS["klesha"].good_high else "bent by friction",
        rings=round(3 + 2.5 * ucf.resilience),
        petals=round(5 + 6 * ucf.harmony),
    )
    values = ", ".join(f"{name} {value:.2f} ({judge(name, value)})" for name, value in ucf.as_dict().items())
    light = "bright" if ucf.prana >= METRICS["prana"].good_low else "dim"
    return f"{seen}; {light}, in {_colours(ucf.harmony)}. Made of {values}."


def _place(zoom: float) -> str:
    if zoom < METRICS["zoom"].good_low:
        return "from afar"
    return "from near" if zoom <= METRICS["zoom"].good_high else "from very near"


def _colours(harmony: float) -> str:
    if harmony < 0.35:
        return "ember red and violet"
    if harmony < 1.0:
        return "indigo, violet and rose"
    return "sea blue and green" if harmony < 1.65 else "indigo and gold"
