"""The Mandelbrot set and its Julia sets, as landscapes under a low sun.

harmony     where: the point on the rim of the main cardioid that is looked at, from the seahorse valley (0)
            to the valley of the elephants (2); a Julia set belongs to that point
resilience  relief: how high the landscape stands
klesha      friction: it ruffles the plane; a Julia set falls to dust, as its point leaves the rim
zoom        scope: how far the view goes in
"""

from __future__ import annotations

import cmath
import math

import numpy as np

from bot.pictures._escape import escape
from bot.pictures._palette import Floats, build_palette, look_up
from bot.pictures._plane import build_plane, ruffle, smoothstep
from bot.pictures.field_request import FieldRequest

_MANDELBROT_STEPS = 112
_JULIA_STEPS = 112


def draw_mandelbrot(field: FieldRequest) -> Floats:
    """The colours of each pixel, 0 to 1."""
    reach = 1.15 * 10 ** (-0.85 * field.zoom)
    middle = _rim(field, outside=0.55 * reach)
    x, y = ruffle(*build_plane(field.size), field, 0.05)
    turn = cmath.exp(1j * (math.pi / 2 - cmath.phase(middle + 0.25)))
    a = np.float32(middle.real) + np.float32(reach) * (x * np.float32(turn.imag) - y * np.float32(turn.real))
    b = np.float32(middle.imag) + np.float32(reach) * (x * np.float32(turn.real) + y * np.float32(turn.imag))
    return _paint(field, *_mandelbrot(a.ravel(), b.ravel()))


def draw_julia(field: FieldRequest) -> Floats:
    """The colours of each pixel, 0 to 1."""
    constant = _rim(field, outside=0.004 + 0.05 * field.klesha)
    reach = 1.42 * 2 ** (1.0 - field.zoom) if field.zoom < 1 else 1.42 * 2 ** (1.3 * (1.0 - field.zoom))
    x, y = ruffle(*build_plane(field.size), field, 0.03)
    start = (x.ravel() * np.float32(reach), y.ravel() * np.float32(reach))
    size = field.size * field.size
    real = np.broadcast_to(np.float32(constant.real), size)
    imaginary = np.broadcast_to(np.float32(constant.imag), size)
    return _paint(field, *escape(start, (real, imaginary), _JULIA_STEPS))


def _rim(field: FieldRequest, outside: float) -> complex:
    """The point of the main cardioid's rim that harmony names, and from there so far straight out."""
    angle = math.pi * (0.93 - 0.36 * field.harmony)
    once, twice = cmath.exp(1j * angle), cmath.exp(2j * angle)
    outward = once - twice
    return once / 2 - twice / 4 + outside * outward / abs(outward)


def _mandelbrot(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """As `escape` from 0; most of what stays is known beforehand: the cardioid and the disc beside it."""
    root = np.sqrt(1 - 4 * (a + 1j * b))
    rest = np.abs(1 - root)
    disc = np.hypot(a + 1, b)
    known = (rest < 1) | (disc < 0.25)
    count = np.full(a.size, -1, dtype=np.float32)
    # In the cardioid every way ends at one point, as far from the middle as this.
    nearest = np.where(rest < 1, rest / 2, disc).astype(np.float32) ** 2
    a, b = a[~known], b[~known]
    nothing = np.zeros(a.size, dtype=np.float32)
    count[~known], nearest[~known] = escape((nothing, nothing), (a, b), _MANDELBROT_STEPS)
    return count, nearest


def _paint(field: FieldRequest, count: Floats, nearest: Floats) -> Floats:
    size = field.size
    inside = count < 0
    lowest = float(np.percentile(count[~inside], 1)) if not inside.all() else 0.0
    height = np.log1p(np.maximum(count - np.float32(lowest), 0)).reshape(size, size)
    depth = np.sqrt(nearest).reshape(size, size)
    inside = inside.reshape(size, size)
    top = max(float(height.max()), 1e-3)
    share = height / np.float32(top)
    bands = 0.5 - 0.5 * np.cos(height * np.float32(2.3 * math.pi))
    share = 0.06 + 0.62 * share + 0.30 * bands * share
    share = np.where(inside, 0.05 + 0.5 * depth, share)
    colours = look_up(build_palette(field), share)
    slope_y, slope_x = np.gradient(np.where(inside, np.float32(top), height))
    relief = np.float32((0.25 + 0.55 * field.resilience) * size / 90)
    up = 1 / np.sqrt(1 + relief**2 * (slope_x**2 + slope_y**2))
    light = up * (0.75 + relief * 0.55 * (slope_x + slope_y))
    light = np.clip(0.45 + 0.75 * light, 0.25, 1.7)
    colours *= light[..., None]
    rim = smoothstep(0.55, 1.0, share)
    colours += (0.18 * rim * ~inside)[..., None]
    return colours
