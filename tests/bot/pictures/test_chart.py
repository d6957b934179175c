"""Charts are drawn whatever the data: none, one value, the same for ever, thousands."""

from __future__ import annotations

import io
import math
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from PIL import Image

from bot.pictures import chart
from bot.pictures.chart_request import ChartRequest, Dot, Mark, MarkKind, Panel
from state.models import METRICS

NOW = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
KINDS: tuple[MarkKind, ...] = ("ritual", "tune", "file", "alert", "other")


def panel(name: str, dots: list[Dot], **parts: object) -> Panel:
    metric = METRICS[name]
    bounds = {field: getattr(metric, field) for field in metric.__struct_fields__}
    return msgspec.convert({**bounds, "dots": tuple(dots), "exact": True, **parts}, Panel)


def wave(count: int, hours: float = 24) -> list[Dot]:
    found = []
    for step in range(count):
        value = 0.5 + 0.4 * math.sin(step / 7)
        found.append(Dot(NOW - timedelta(hours=hours) * (1 - step / count), value, value - 0.1, value + 0.1))
    return found


def ahead(value: float, hours: float = 24) -> tuple[Dot, ...]:
    return tuple(
        Dot(NOW + timedelta(hours=hours / 48 * step), value, value - 0.01 * step, value + 0.01 * step)
        for step in range(1, 9)
    )


def request(*panels: Panel, hours: float = 24) -> ChartRequest:
    span = timedelta(hours=hours)
    return ChartRequest(title="a chart", since=NOW - span, now=NOW, until=NOW + span / 6, panels=panels)


def drawn(asked: ChartRequest) -> Image.Image:
    png = chart.draw(msgspec.json.encode(asked))
    assert len(png) < 200_000
    with Image.open(io.BytesIO(png)) as picture:
        assert picture.format == "PNG"
        return picture.convert("RGB")


MARKS = tuple(Mark(at=NOW - timedelta(hours=3 * step), kind=kind) for step, kind in enumerate(KINDS, 1))


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param(panel("harmony", []), id="no value"),
        pytest.param(panel("harmony", [], marks=MARKS, forecast=ahead(0.5)), id="no value but marks"),
        pytest.param(panel("prana", wave(1)), id="one value"),
        pytest.param(
            panel("zoom", [Dot(NOW - timedelta(hours=24), 1.0, 1.0, 1.0)], note="still"), id="still"
        ),
        pytest.param(panel("klesha", wave(40), marks=MARKS, forecast=ahead(0.5)), id="everything"),
        pytest.param(panel("klesha", wave(2000), exact=False), id="buckets"),
        pytest.param(panel("harmony", [Dot(NOW - timedelta(hours=20), 2.0, 2.0, 2.0)]), id="at the bound"),
        pytest.param(panel("resilience", wave(5), marks=MARKS * 30), id="many marks"),
    ],
)
def test_one_value_over_time(shown: Panel) -> None:
    picture = drawn(request(shown))
    assert picture.size == (1080, 900)
    # It is light: it is read on phones, in the sun too.
    assert picture.getpixel((3, 3)) == (255, 255, 255)


@pytest.mark.parametrize("hours", [0.2, 1.5, 24, 72, 24 * 30, 24 * 365])
def test_any_span_has_its_axis(hours: float) -> None:
    drawn(request(panel("harmony", wave(30, hours), forecast=ahead(0.5, hours)), hours=hours))


def test_small_multiples_of_the_six() -> None:
    picture = drawn(request(*(panel(name, wave(20), forecast=ahead(0.6)) for name in METRICS)))
    assert picture.width == 1080
    assert 1_000 < picture.height < 1_600


def test_an_odd_number_of_panels_leaves_a_gap() -> None:
    drawn(request(*(panel(name, wave(20)) for name in ("harmony", "zoom", "prana"))))


def test_the_same_request_gives_the_same_picture() -> None:
    asked = request(panel("harmony", wave(20), marks=MARKS))
    assert chart.render(asked) == chart.render(asked)


def test_asking_for_a_chart_imports_nothing_that_draws() -> None:
    code = (
        "import sys, bot.cards.trends; "
        "assert not {'matplotlib', 'numpy', 'PIL'} & set(sys.modules), 'something that draws was imported'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
