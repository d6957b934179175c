"""A lotus of rings of petals.

harmony     how many petals a ring has, from 5 (0) to 17 (2)
resilience  how many rings stand, from 3 (0) to 8 (2)
prana       how bright the petals burn from within
drishti     how fine their lines are
klesha      ruffles the plane, so that the circle is broken
zoom        how much of the picture the lotus fills
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bot.pictures._palette import Floats, build_palette, look_up
from bot.pictures._plane import build_plane, ruffle, smoothstep
from bot.pictures.field_request import FieldRequest


@dataclass(frozen=True, slots=True)
class Ring:
    """One ring of petals: which one of how many, and how many petals it has."""

    field: FieldRequest
    palette: Floats
    petals: int
    ring: int
    rings: int


def draw_mandala(field: FieldRequest) -> Floats:
    """The colours of each pixel, 0 to 1."""
    palette = build_palette(field)
    x, y = ruffle(*build_plane(field.size), field, 0.10)
    scale = np.float32(1.0 / (0.62 + 0.26 * field.zoom))
    x, y = x * scale, y * scale
    radius = np.sqrt(x * x + y * y)
    angle = np.arctan2(x, y)
    petals, rings = round(5 + 6 * field.harmony), round(3 + 2.5 * field.resilience)
    colours = look_up(palette, _sky(field, radius, angle, petals))
    for ring in range(rings):
        draw_ring(Ring(field, palette, petals, ring, rings), colours, radius, angle)
    wave = 0.075 * (1 + 0.22 * np.cos(angle * petals))
    star = np.exp(-((radius / wave) ** 2) * 1.4)
    glow = np.exp(-radius / 0.16) * (0.25 + 0.55 * field.prana)
    colours += palette[-1] * (star + glow * 0.5)[..., None]
    return colours


def _sky(field: FieldRequest, radius: Floats, angle: Floats, petals: int) -> Floats:
    """A dark ground with rays that fade outwards."""
    rays = 0.5 + 0.5 * np.cos(angle * np.float32(petals * 4))
    fade = np.exp(np.float32(-1.7) * radius)
    glow: Floats = 0.03 + (0.10 + 0.12 * rays**3) * fade * np.float32(0.5 + field.prana)
    return glow


def draw_ring(one: Ring, colours: Floats, radius: Floats, angle: Floats) -> None:
    """One ring of petals over those behind it; the outermost is the first."""
    field, palette, ring, rings = one.field, one.palette, one.ring, one.rings
    share = 1.0 - ring / rings
    outer, inner = 1.0 * share**0.85, max(0.0, share - 1.7 / rings)
    near = radius < np.float32(outer * 1.06)
    rows, columns = np.flatnonzero(near.any(axis=1)), np.flatnonzero(near.any(axis=0))
    if not rows.size:
        return
    # Where the plane is ruffled, a ring lies off the middle: its rows are not its columns.
    part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    radius, angle = radius[part], angle[part]
    count = one.petals if ring % 3 else one.petals * 2
    turn = angle * np.float32(count / (2 * math.pi)) + np.float32(0.5 * (ring % 2))
    across = np.abs(turn - np.round(turn)) * 2
    along = np.clip((radius - np.float32(inner)) / np.float32(outer - inner), 0, 1)
    # A petal is widest at two thirds and ends in a point.
    width = np.sqrt(np.maximum(np.sin(np.float32(math.pi) * along**1.55), 0))
    width = width * 0.98
    distance = (width - across) * np.float32(outer * math.pi / count)
    pixel = 2.0 / field.size
    cover = smoothstep(-pixel, pixel, distance)
    thin = 0.0022 + 0.006 * (1.0 - field.drishti)
    within = (radius > np.float32(inner)) & (radius < np.float32(outer))
    line = np.exp(-((distance / np.float32(thin + 0.001 * share)) ** 2)) * within
    cover *= within
    veins = 0.5 + 0.5 * np.cos(across * np.float32(math.pi * 5) + along * 2)
    tone = np.float32(0.13 + 0.42 * (1 - share)) + 0.42 * along**2 * (1 - across * 0.6)
    tone += np.float32(0.05 + 0.08 * field.drishti) * veins * along
    tone -= 0.16 * across**2
    shadow = smoothstep(0.0, 0.05 * share + 0.02, distance)
    body = look_up(palette, tone) * (0.5 + 0.5 * shadow)[..., None]
    body *= np.float32(0.72 + 0.4 * field.prana)
    edge = look_up(palette, np.float32(0.62 + 0.3 * (1 - share)) + 0.25 * along)
    here = colours[part]
    here += (body - here) * cover[..., None]
    here += edge * (line * 0.8)[..., None]
    rim = np.exp(-(((radius - np.float32(outer * 1.015)) / np.float32(thin * 0.9)) ** 2))
    here += edge * (0.35 * rim)[..., None]
    pearls = np.hypot(
        radius - np.float32(outer * 1.015),
        (turn - 0.5 - np.round(turn - 0.5)) * np.float32(outer * 2 * math.pi / count),
    )
    here += edge * np.exp(-((pearls / np.float32(0.011 * share + 0.004)) ** 2))[..., None]
