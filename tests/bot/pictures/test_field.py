"""The picture of the field: what the worker makes of any six numbers."""

import io

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.pictures._mandala import Ring, draw_ring
from bot.pictures._palette import build_palette
from bot.pictures._plane import build_plane
from bot.pictures.field import draw
from bot.pictures.field_request import STYLES, FieldRequest, Style
from state.models import DEFAULT_UCF, METRICS

SIZE = 48


@st.composite
def requests(draw_from: st.DrawFn) -> FieldRequest:
    # The bounds themselves are where mathematics breaks.
    values = {
        name: draw_from(st.one_of(st.sampled_from((spec.low, spec.high)), st.floats(spec.low, spec.high)))
        for name, spec in METRICS.items()
    }
    return FieldRequest(style=draw_from(st.sampled_from(STYLES)), size=SIZE, **values)


def picture(style: Style, size: int, **values: float) -> Image.Image:
    request = FieldRequest(style=style, size=size, **{**DEFAULT_UCF.as_dict(), **values})
    return Image.open(io.BytesIO(draw(msgspec.json.encode(request))))


@settings(max_examples=60, deadline=None)
@given(requests())
def test_any_field_gives_a_picture_that_shows_something(request: FieldRequest) -> None:
    with np.errstate(all="raise", under="ignore"):
        png = draw(msgspec.json.encode(request))
    image = Image.open(io.BytesIO(png))
    assert (image.format, image.mode, image.size) == ("PNG", "RGB", (SIZE, SIZE))
    assert np.asarray(image).std() > 1


@pytest.mark.parametrize("style", STYLES)
def test_the_same_field_gives_the_same_bytes(style: Style) -> None:
    request = FieldRequest(style=style, size=SIZE, **DEFAULT_UCF.as_dict())
    assert draw(msgspec.json.encode(request)) == draw(msgspec.json.encode(request))


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("metric", METRICS)
def test_each_of_the_six_numbers_changes_the_picture(style: Style, metric: str) -> None:
    spec = METRICS[metric]
    low, high = (np.asarray(picture(style, 256, **{metric: value})) for value in (spec.low, spec.high))
    assert np.abs(low.astype(int) - high.astype(int)).mean() > 0.5


def test_a_ring_that_lies_off_the_middle_is_drawn_whole() -> None:
    field = FieldRequest(style="mandala", size=SIZE, **DEFAULT_UCF.as_dict())
    x, y = build_plane(SIZE)
    x = x - np.float32(0.4)
    radius, angle = np.hypot(x, y), np.arctan2(x, y)
    colours = np.zeros((SIZE, SIZE, 3), dtype=np.float32)
    draw_ring(Ring(field, build_palette(field), 8, 3, 6), colours, radius, angle)
    assert colours[(radius > 0.3) & (radius < 0.45)].max(axis=1).min() > 0


@given(st.floats(0, 2), st.floats(0, 1))
def test_colours_go_from_dark_to_light(harmony: float, prana: float) -> None:
    values = {**DEFAULT_UCF.as_dict(), "harmony": harmony, "prana": prana}
    palette = build_palette(FieldRequest(style="julia", size=SIZE, **values))
    assert palette.min() >= 0
    assert palette.max() <= 1
    assert palette[0].mean() < 0.2
    assert palette[-1].mean() > 0.7
