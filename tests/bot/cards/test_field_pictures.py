"""Which picture is asked for, and what is said of it."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards import field_pictures
from bot.pictures.field_request import STYLES, Style
from state.models import DEFAULT_UCF, METRICS, UCF

PERFECT = UCF(harmony=2, resilience=2, prana=1, drishti=1, klesha=0, zoom=1)


@pytest.mark.parametrize(
    ("word", "style"),
    [(None, "mandala"), ("Julia", "julia"), (" ouro ", "ouroboros"), ("mandel", "mandelbrot")],
)
def test_a_style_is_found_in_any_case_or_by_its_beginning(word: str | None, style: str) -> None:
    assert field_pictures.parse_style(word) == style


@pytest.mark.parametrize("word", ["", "mand", "sunset"])
def test_what_is_no_one_style_is_refused(word: str) -> None:
    with pytest.raises(field_pictures.UnknownStyle, match="There is no style"):
        field_pictures.parse_style(word)


@st.composite
def fields(draw: st.DrawFn) -> UCF:
    return UCF(**{name: draw(st.floats(spec.low, spec.high)) for name, spec in METRICS.items()})


@given(fields(), st.sampled_from(STYLES))
def test_the_alt_text_names_all_six_values_and_fits(ucf: UCF, style: Style) -> None:
    text = field_pictures.alt_text(ucf, style)
    assert all(name in text for name in METRICS)
    assert 50 < len(text) <= 1024


def test_the_alt_text_says_what_is_seen() -> None:
    assert "mouth still short of its tail" in field_pictures.alt_text(DEFAULT_UCF, "ouroboros")
    assert "mouth at its tail" in field_pictures.alt_text(PERFECT, "ouroboros")
    assert "8 rings of petals, 17 to a ring" in field_pictures.alt_text(PERFECT, "mandala")
    bent = msgspec.structs.replace(DEFAULT_UCF, klesha=0.9, zoom=0.2, harmony=1.3)
    assert "falling to dust" in field_pictures.alt_text(bent, "julia")
    assert "from afar; bright, in sea blue" in field_pictures.alt_text(bent, "mandelbrot")
