"""Numbers as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.numbers import plain


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (2_592_000, "2592000"),
        (1e7, "10000000"),
        (0.00001, "0.00001"),
        (0.1 + 0.2, "0.3"),
        (-2.5, "-2.5"),
        (float("inf"), "inf"),
        (1e300, "1e+300"),
    ],
)
def test_a_number_is_written_out(value: float, text: str) -> None:
    assert plain(value) == text


def test_only_so_many_digits_are_shown() -> None:
    assert plain(1.23456789, 4) == "1.235"
    assert plain(123456, 4) == "123500"


@given(st.floats(1e-14, 1e14))
def test_no_number_of_everyday_size_has_an_exponent(value: float) -> None:
    assert "e" not in plain(value)
    assert float(plain(value)) == pytest.approx(value)
