"""How badges look: a title for those who do not see them, room for their text, colours that can be read."""

from pathlib import Path
from xml.etree import ElementTree as ET

import matplotlib as mpl
import pytest
from fontTools.ttLib import TTFont

from web.answers.badge import COLOURS, LABEL_COLOUR, Tone, draw_badge, text_width

_SVG = "{http://www.w3.org/2000/svg}"


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colour", [*COLOURS.values(), LABEL_COLOUR])
def test_white_text_has_contrast_on_every_colour(colour: str) -> None:
    assert 1.05 / (luminance(colour) + 0.05) >= 4.5


def test_text_width_matches_the_font() -> None:
    font = TTFont(Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf")
    names, advances, per_em = font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm
    for text in ("13 of 14 active", "needs attention", "ucf harmony", "".join(map(chr, range(32, 127)))):
        exact = sum(advances[names[ord(letter)]][0] for letter in text) * 11 / per_em
        assert text_width(text) == pytest.approx(exact, abs=0.6)


def test_other_characters_get_the_maximum_width() -> None:
    assert text_width("🜂") == 11


@pytest.mark.parametrize("tone", list(COLOURS))
def test_a_badge_has_a_label_for_screen_readers_and_fits_its_text(tone: Tone) -> None:
    root = ET.fromstring(draw_badge("<label> & co", 'a "message"', tone))  # noqa: S314 - our own
    said = '<label> & co: a "message"'
    assert root.get("role") == "img"
    assert root.get("aria-label") == said
    assert root.findtext(f"{_SVG}title") == said
    label, message = root.iter(f"{_SVG}text")
    assert (label.text, message.text) == ("<label> & co", 'a "message"')
    width = float(root.attrib["width"])
    middle = float(
        next(p.attrib["d"] for p in root.iter(f"{_SVG}path") if p.get("fill") == COLOURS[tone])[1:4]
    )
    assert float(label.attrib["x"]) + float(label.attrib["textLength"]) <= middle
    assert middle < float(message.attrib["x"])
    assert float(message.attrib["x"]) + float(message.attrib["textLength"]) <= width


def test_several_may_stand_in_one_page() -> None:
    assert b" id=" not in draw_badge("agents", "14 of 14 active", "good")
