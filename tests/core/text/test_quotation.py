"""Quotation marks: which close which, and what stands between them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.quotation import closing, is_left_open, straight, unquoted


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ('"defaults"', "defaults"),
        ("“defaults”", "defaults"),
        ("„defaults“", "defaults"),
        ("”defaults”", "defaults"),
        ('"defaults”', "defaults"),
        ("‘defaults’", "defaults"),
        ("«defaults»", "defaults"),
        ("»defaults«", "defaults"),
        ("「defaults」", "defaults"),
        (" “ before the storm ” ", " before the storm "),
        ("“the “inner” storm”", "“the “inner” storm”"),
        ("“it’s a storm”", "it’s a storm"),
        (r'"a \"b\" c"', 'a "b" c'),
        (r'"ends in \"', r'"ends in \"'),
        ('"a" or "b"', '"a" or "b"'),
        ('"open', '"open'),
        ("it’s", "it’s"),
        ("’tis the season", "’tis the season"),
        ("«mixed”", "«mixed”"),
        ('"', '"'),
        ('""', ""),
        ("", ""),
    ],
)
def test_marks_around_the_whole_of_a_text_are_left_out(text: str, meant: str) -> None:
    assert unquoted(text) == meant


@given(st.text(st.sampled_from('ab “”„"’«»\\ \n'), max_size=20))
def test_a_text_is_never_longer_without_its_marks(text: str) -> None:
    end = closing(text)
    assert end is None or not is_left_open(text, 0)
    assert len(unquoted(text)) <= len(text)


def test_every_double_mark_can_be_made_straight() -> None:
    assert straight("“a” „b“ ‘c’") == '"a" "b" ‘c’'
