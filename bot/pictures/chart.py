"""Draws charts of values over time as PNG; runs in the worker (`bot.pictures.chart:draw`).

The colours are those of Okabe & Ito ("Color Universal Design", 2008), told apart by the colour-blind; nothing
is said by colour alone. Letters are large, since most read it on a phone at a third of its size.
"""

from __future__ import annotations

import io
from typing import Final

import msgspec
from matplotlib import rcParams
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.legend_handler import HandlerTuple
from PIL import Image

from bot.pictures import _chart_panel as panel
from bot.pictures.chart_request import ChartRequest, Panel

_DPI: Final = 100
_WIDTH: Final = 1080
_SINGLE_HEIGHT: Final = 900
_ROW_HEIGHT: Final = 410
_COLUMNS: Final = 2
_HEAD: Final = 70
_LEGEND_LINE: Final = 44
_COLOURS: Final = 128


def draw(payload: bytes) -> bytes:
    """The PNG of a `ChartRequest` in JSON: 1080 pixels wide, under 200 kB."""
    return render(msgspec.json.decode(payload, type=ChartRequest))


def render(request: ChartRequest) -> bytes:
    """The PNG of a request."""
    several = len(request.panels) > 1
    with_size = 15.0 if several else 21.0
    rcParams.update({"font.family": "DejaVu Sans", "font.size": with_size, "axes.unicode_minus": True})
    rows = -(-len(request.panels) // _COLUMNS) if several else 1
    height = _HEAD + rows * _ROW_HEIGHT + 110 if several else _SINGLE_HEIGHT
    figure = Figure(figsize=(_WIDTH / _DPI, height / _DPI), dpi=_DPI, facecolor="white")
    canvas = FigureCanvasAgg(figure)
    axes = figure.subplots(rows, _COLUMNS if several else 1, squeeze=False).flat
    handles: dict[str, panel.Handle] = {}
    for number, axis in enumerate(axes):
        if number < len(request.panels):
            handles |= panel.draw(axis, request, request.panels[number], small=several)
        else:
            axis.set_visible(False)
    figure.suptitle(
        request.title, x=0.03, y=1 - 14 / height, ha="left", va="top", fontsize=24, fontweight="bold",
        color=panel.INK,
    )  # fmt: skip
    if not several and request.panels and request.panels[0].dots:
        figure.text(
            0.975,
            1 - 14 / height,
            _now(request.panels[0]),
            ha="right",
            va="top",
            fontsize=24,
            color=panel.INK,
        )
    if several:
        figure.text(
            0.975, 1 - 20 / height, "times in UTC", ha="right", va="top", fontsize=17, color=panel.INK
        )
    lines = _add_legend(figure, handles, small=several)
    foot = (lines * _LEGEND_LINE + 24) / height
    figure.subplots_adjust(
        left=0.092 if several else 0.12,
        # Half of the last date stands beyond the axis.
        right=0.96 if several else 0.965,
        top=1 - (_HEAD + (46 if several else 20)) / height,
        bottom=foot + (58 if several else 92) / height,
        hspace=0.34,
        wspace=0.26,
    )
    raw = io.BytesIO()
    canvas.print_png(raw)  # type: ignore[no-untyped-call]  # so left by matplotlib
    return _shrunk(raw)


def _now(shown: Panel) -> str:
    """The last value, and how it is."""
    value = shown.dots[-1].value
    low, high = shown.critical_low, shown.critical_high
    if (low is not None and value < low) or (high is not None and value > high):
        return f"{value:.2f}, critical"
    return f"{value:.2f}, {'good' if shown.good_low <= value <= shown.good_high else 'fair'}"


def _add_legend(figure: Figure, handles: dict[str, panel.Handle], *, small: bool) -> int:
    """The legend at the foot; gives how many lines it takes."""
    columns = 4 if small else 3
    order = [name for name in panel.LEGEND_ORDER if name in handles]
    if not order:
        return 0
    figure.legend(  # type: ignore[call-overload]  # its stubs know of no tuples of artists
        [handles[name] for name in order],
        order,
        loc="lower center",
        ncols=columns,
        frameon=False,
        fontsize=18,
        handlelength=1.8,
        columnspacing=1.6,
        labelspacing=0.5,
        handler_map={tuple: HandlerTuple(ndivide=None)},
    )
    return -(-len(order) // columns)


def _shrunk(raw: io.BytesIO) -> bytes:
    """The same picture with 128 colours: few are in it, and the file is a third as large."""
    raw.seek(0)
    with Image.open(raw) as picture:
        small = picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    out = io.BytesIO()
    small.save(out, "PNG", optimize=True)
    return out.getvalue()
