"""Text of people in lines of ours: what shapes it stays, what is unseen goes, and lines keep their order."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.visible_text import isolate, one_line, without_directions

FSI, PDI = "\u2068", "\u2069"


@pytest.mark.parametrize(
    "text",
    [
        "❤\ufe0f\u200d🔥",
        "👩🏽\u200d💻 team",
        "🧑🏻\u200d🤝\u200d🧑🏿",
        "👁\ufe0f\u200d🗨\ufe0f",
        "🙂\u200d↔\ufe0f",
        "🏳\ufe0f\u200d🌈",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "می\u200cخواهم",
        "क्\u200cष",
        "ශ්\u200dරී",
        "ᠮᠣᠩᠭᠣᠯ\u180eᠠ",
        "\u06dd",
        # Of Unicode 15: unassigned for the oldest Python that Helix runs on.
        "\U0001fa77 pink",
    ],
)
def test_what_shapes_a_character_that_is_seen_stays(text: str) -> None:
    assert one_line(text) == text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("sto\u200brm", "storm"),
        ("sto\u200drm", "storm"),
        ("sto\u200crm", "storm"),
        ("\u200dstorm\u200d", "storm"),
        ("❤\u200d storm", "❤ storm"),
        ("❤\u200d\u200d🔥", "❤🔥"),
        ("\u202estorm\u202c", "storm"),
        ("\u2067storm\u2069\u200f", "storm"),
        ("a\U000e0067b", "ab"),
        ("\ue000\ufeff\x07", ""),
        ("  a \n b\u2028c ", "a b c"),
        ("e\u200b\u0301", "é"),
    ],
)
def test_what_cannot_be_seen_goes(text: str, cleaned: str) -> None:
    assert one_line(text) == cleaned


@given(
    st.text(st.one_of(st.characters(), st.sampled_from("\u200c\u200d\u180e\ufe0f❤🔥🏽میक्ष e\u0301\u202e")))
)
def test_a_cleaned_line_stays_as_it_is(text: str) -> None:
    line = one_line(text)
    assert one_line(line) == line == unicodedata.normalize("NFC", line)
    assert without_directions(line) == line
    assert line == " ".join(line.split())


@pytest.mark.parametrize("text", ["עדה", "عدا", "Ada עדה", "١٢"])
def test_what_reads_from_right_to_left_is_kept_from_what_follows(text: str) -> None:
    assert isolate(text) == f"{FSI}{text}{PDI}"


@pytest.mark.parametrize("text", ["", "Ada", "Åsa 12", "❤\ufe0f\u200d🔥", "愛"])
def test_what_reads_from_left_to_right_is_left_alone(text: str) -> None:
    assert isolate(text) == text
