"""The serpent that holds its tail.

harmony     how nearly the ring closes: at 0 the mouth is a sixth of the circle away from the tail
resilience  how thick the serpent is
prana       the light around it
drishti     how fine its scales are, and how wide its eye is open
klesha      bends the ring out of round
zoom        how much of the picture the ring fills
"""

from __future__ import annotations

import math

import numpy as np

from bot.pictures._palette import Floats, build_palette, look_up
from bot.pictures._plane import build_plane, ruffle, smoothstep
from bot.pictures.field_request import FieldRequest


def draw_ouroboros(field: FieldRequest) -> Floats:
    """The colours of each pixel, 0 to 1."""
    palette = build_palette(field)
    plane = build_plane(field.size)
    x, y = ruffle(*plane, field, 0.12)
    ring = 0.46 + 0.20 * field.zoom if field.zoom < 1 else 0.60 + 0.06 * field.zoom
    radius = np.sqrt(x * x + y * y)
    # The head is at the top left and looks along the ring, which runs on clockwise to the tail.
    turn = np.mod(np.arctan2(x, y) / np.float32(2 * math.pi) + 0.12, 1.0)
    gap = 0.16 * max(0.0, 1 - field.harmony / 1.2)
    along = turn / np.float32(1 - gap)
    colours = _sky(field, palette, plane, radius, ring)
    _body(field, colours, palette, (radius - ring, along), ring)
    _head(field, colours, palette, (x, y), ring)
    return colours


def _sky(
    field: FieldRequest, palette: Floats, plane: tuple[Floats, Floats], radius: Floats, ring: float
) -> Floats:
    """Stars, and the light around the ring."""
    x, y = plane
    halo = np.exp(-np.abs(radius - ring) / np.float32(0.10 + 0.10 * field.prana))
    inner = np.exp(-((radius / (ring * 0.75)) ** 2)) * np.float32(0.12 + 0.12 * field.prana)
    mist = np.sin(x * 3.1 + np.sin(y * 4.7)) * np.sin(y * 2.3 - x)
    share = 0.03 + np.float32(0.06 + 0.22 * field.prana) * halo + inner
    share += 0.035 * (1 + mist)
    colours = look_up(palette, share)
    stars = np.random.default_rng(108)
    count = 420
    place = (stars.random((count, 2)) * field.size).astype(np.int64)
    bright = (stars.random(count) ** 3).astype(np.float32) * 0.8
    colours[place[:, 0], place[:, 1]] += bright[:, None] * palette[-1]
    return colours


def _body(
    field: FieldRequest, colours: Floats, palette: Floats, place: tuple[Floats, Floats], ring: float
) -> None:
    """The scaled tube; a place is how far off the ring it is, and how far along (0 head, 1 tip)."""
    off, along = place
    thick = (0.075 + 0.045 * field.resilience) * (ring / 0.66)
    rest = np.clip(1 - along, 0, 1)
    taper = np.sqrt(np.clip(rest * 1.25, 0, 1)) * (0.72 + 0.28 * np.cos((along - 0.35) * 2.6))
    half = np.maximum(np.float32(thick) * taper, np.float32(1e-4))
    side = off / half
    cover = smoothstep(0.0, 3.0 / field.size, half - np.abs(off)) * (along < 1)
    up = np.sqrt(np.clip(1 - side * side, 0, 1))
    rows = 7.0
    columns = round(80 + 90 * field.drishti)
    across = np.arcsin(np.clip(side, -1, 1)) * np.float32(rows / math.pi)
    length = along * np.float32(columns)
    stagger = 0.5 * np.mod(np.floor(length), 2)
    u = np.mod(length, 1.0) - 0.5
    v = np.mod(across + stagger, 1.0) - 0.5
    bump = np.sqrt(np.clip(1 - (u * u * 2.2 + v * v * 3.2), 0, 1))
    light = np.clip(
        0.30 + 0.62 * up - 0.30 * side + 0.30 * (bump - 0.6),
        0,
        1.3,
    )
    pattern = 0.5 + 0.5 * np.cos(along * np.float32(2 * math.pi * 14))
    belly = smoothstep(0.25, 0.8, -side)
    tone = 0.30 + 0.20 * pattern * up + 0.26 * belly + 0.14 * bump
    body = look_up(palette, tone) * light[..., None]
    shine = np.clip(up * 0.9 - 0.45 * (side + 0.15), 0, 1)
    shine = np.maximum(shine, 0) ** 10 * bump
    body += palette[-1] * (0.55 * shine)[..., None]
    colours += (body - colours) * cover[..., None]


def _head(
    field: FieldRequest, colours: Floats, palette: Floats, plane: tuple[Floats, Floats], ring: float
) -> None:
    """The head at the beginning of the body, turned towards the tail."""
    x, y = plane
    angle = -0.12 * 2 * math.pi
    px, py = ring * math.sin(angle), ring * math.cos(angle)
    # Its own axes: `f` points out of the mouth, against the way of the body, `s` outwards.
    fx, fy = -math.cos(angle), math.sin(angle)
    f = (x - px) * fx + (y - py) * fy
    s = (x - px) * math.sin(angle) + (y - py) * np.float32(math.cos(angle))
    size = (0.095 + 0.05 * field.resilience) * (ring / 0.66)
    f, s = f / np.float32(size), s / np.float32(size)
    near = (np.abs(f) < 3) & (np.abs(s) < 2)
    rows, columns = np.flatnonzero(near.any(axis=1)), np.flatnonzero(near.any(axis=0))
    if not rows.size:
        return
    part = (slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1))
    f, s = f[part], s[part]
    snout = np.clip((f + 0.9) / 2.5, 0, 1)
    half = 1.02 * np.sqrt(np.clip(1 - snout**2.4, 0, 1)) * np.sqrt(smoothstep(-1.25, 0.1, f))
    half = np.maximum(half, np.float32(1e-4))
    side = s / half
    cover = smoothstep(0.0, 0.05, half - np.abs(s))
    up = np.sqrt(np.clip(1 - side * side, 0, 1))
    tone = 0.42 + 0.22 * up - 0.1 * snout
    skin = look_up(palette, tone) * (0.45 + 0.65 * up - 0.2 * side)[..., None]
    mouth = np.exp(-(((s + 0.28 + 0.1 * f) / 0.06) ** 2)) * smoothstep(0.0, 0.5, f)
    skin *= (1 - 0.85 * mouth)[..., None]
    ex, ey = f - 0.15, s - 0.42
    eye = np.sqrt(ex * ex + ey * ey)
    open_ = np.float32(0.17 + 0.12 * field.drishti)
    iris = 1 - smoothstep(float(open_) * 0.85, float(open_), eye)
    pupil = np.exp(-((ex / 0.045) ** 2)) * (eye < open_)
    gleam = look_up(palette, 1.0 - 0.45 * (eye / open_) ** 3)
    skin += (gleam - skin) * iris[..., None]
    skin *= (1 - 0.95 * pupil)[..., None]
    here = colours[part]
    here += (skin - here) * cover[..., None]
