import pytest

from bot import words


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.0004, "0.4 ms"), (0.042, "42 ms"), (1.34, "1.34 s"), (75, "75 s"), (0.0, "0 ms")],
)
def test_times_are_shown_in_the_unit_that_people_read(seconds: float, shown: str) -> None:
    assert words.duration(seconds) == shown


def test_shares_keep_the_digits_that_tell_them_from_their_bound() -> None:
    assert [words.percent(share) for share in (0.9995, 0.001, 1.0)] == ["99.95%", "0.1%", "100%"]


@pytest.mark.parametrize(
    ("size_bytes", "shown"),
    [(0, "0 B"), (1023, "1023 B"), (4096, "4 KiB"), (12_345_678, "11.8 MiB"), (5 * 1024**4, "5,120.0 GiB")],
)
def test_sizes_are_shown_in_the_unit_that_people_read(size_bytes: float, shown: str) -> None:
    assert words.size(size_bytes) == shown


def test_a_noun_fits_its_number() -> None:
    assert [words.count(number, "use") for number in (0, 1, 2)] == ["0 uses", "1 use", "2 uses"]
    assert words.count(2, "entry", "entries") == "2 entries"


def test_what_is_quoted_is_inline_code_that_cannot_be_ended_from_inside() -> None:
    assert words.quoted("a`b\nc") == "`aˋb c`"
    assert words.quoted(" ") == "` `"
    assert words.quoted("abcdef", 4) == "`abc…`"
