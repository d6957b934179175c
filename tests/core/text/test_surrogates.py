"""Half a surrogate pair is found in texts and in JSON, and a whole one is left alone."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.surrogates import find_escaped_half, find_half


@pytest.mark.parametrize(
    ("text", "place"),
    [("", None), ("plain", None), ("ü 😀", None), ("a\ud800", 1), ("😀\udfff", 1), ("\udc00\ud800", 0)],
)
def test_half_a_pair_is_found_in_a_text(text: str, place: int | None) -> None:
    assert find_half(text) == place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (r'"\ud83d\ude00"', None),
        (r'"\uD83D\uDE00\n\u00fc"', None),
        (r'"\\ud800"', None),
        (r'"\\\ud800"', 3),
        (r'"\ud800"', 1),
        (r'"\uDC00"', 1),
        (r'"\ud83d\ud83d\ude00"', 1),
        (r'"\ud83d\ude00\ude00"', 13),
        (r'"\ud83dx\ude00"', 1),
    ],
)
def test_half_a_pair_is_found_as_an_escape(text: str, place: int | None) -> None:
    assert find_escaped_half(text) == place


@given(st.text(st.characters(codec=None) | st.sampled_from("\ud800\udbff\udc00\udfff\\u")))
def test_json_has_one_exactly_where_what_it_says_cannot_be_sent(text: str) -> None:
    written = json.dumps(text)
    read = json.loads(written)
    assert (find_escaped_half(written) is None) == (find_half(read) is None)
