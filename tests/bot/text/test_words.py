import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import words


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.0004, "0.4 ms"),
        (0.042, "42 ms"),
        (0.9996, "1 s"),
        (1.34, "1.34 s"),
        (75, "75 s"),
        (0.0, "0 ms"),
        (119.4, "119 s"),
        (125.2, "2 min 5 s"),
        (1234, "20 min 34 s"),
        (3599.7, "1 h 0 min"),
        (9000, "2 h 30 min"),
    ],
)
def test_times_are_shown_in_the_unit_that_people_read(seconds: float, shown: str) -> None:
    assert words.duration(seconds) == shown


def test_shares_keep_the_digits_that_tell_them_from_their_bound() -> None:
    assert [words.percent(share) for share in (0.9995, 0.001, 1.0)] == ["99.95%", "0.1%", "100%"]
    assert [words.percent(share) for share in (0.0, 1e-7, 2e-6)] == ["0%", "under 0.0001%", "0.0002%"]


@pytest.mark.parametrize(
    ("size_bytes", "shown"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (4096, "4 KiB"),
        (1_034_240, "1010 KiB"),
        (1024**2 - 1, "1 MiB"),
        (12_345_678, "11.8 MiB"),
        (1000 * 1024**2, "1000 MiB"),
        (5 * 1024**4, "5,120.0 GiB"),
    ],
)
def test_sizes_are_shown_in_the_unit_that_people_read(size_bytes: float, shown: str) -> None:
    assert words.size(size_bytes) == shown


def test_a_noun_fits_its_number() -> None:
    assert [words.count(number, "use") for number in (0, 1, 2)] == ["0 uses", "1 use", "2 uses"]
    assert words.count(2, "entry", "entries") == "2 entries"


def test_what_is_quoted_is_inline_code_that_cannot_be_ended_from_inside() -> None:
    assert words.quoted("a`b\nc") == "`aˋb c`"
    assert words.quoted(" ") == "` `"
    assert words.quoted("\u202eעדה") == "\u2068`עדה`\u2069"
    assert words.quoted("abcdef", 4) == "`abc…`"


@given(st.floats(0, 1e9))
def test_no_number_is_shown_with_an_exponent(value: float) -> None:
    shown = (words.duration(value), words.size(value), words.percent(value / 1e9), words.number(value))
    assert not [text for text in shown if re.search(r"\de[+-]?\d", text)]


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.1043, "s", "104 ms"), (2048, "bytes", "2 KiB"), (0.0877, "hit rate", "8.77% hit rate"),
        (1, "directives", "1 directive"), (2, "directives", "2 directives"),
        (45.0, "ms (p95)", "45 ms (p95)"),
        (0.25, None, "0.25"), (12345.6, None, "12,346"),
    ],
)  # fmt: skip
def test_what_a_check_observed_is_shown_in_the_unit_that_people_read(
    value: float, unit: str | None, shown: str
) -> None:
    assert words.measured(value, unit) == shown


def test_values_of_the_field_have_two_decimals_or_four() -> None:
    assert [words.metric(value) for value in (0.5, 1, 0.123456, 0.07777, 0.30000001)] == [
        "0.50", "1.00", "0.1235", "0.0778", "0.30",
    ]  # fmt: skip
