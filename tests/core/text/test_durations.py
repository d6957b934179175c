from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.durations import WrongDuration, format_duration, parse_duration, say_duration, say_last

YEAR_S = 365 * 86_400


@given(st.integers(1, YEAR_S))
def test_what_is_written_is_read_again(seconds: int) -> None:
    span = timedelta(seconds=seconds)
    assert parse_duration(format_duration(span)) == span


@given(st.text(max_size=80))
def test_any_text_is_a_length_within_bounds_or_is_refused(text: str) -> None:
    try:
        span = parse_duration(text)
    except WrongDuration:
        return
    assert timedelta(seconds=1) <= span <= timedelta(days=365)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("90m", timedelta(minutes=90)),
        ("7d", timedelta(days=7)),
        ("2 weeks", timedelta(weeks=2)),
        ("1h 30 min", timedelta(minutes=90)),
        ("1D12H", timedelta(hours=36)),
    ],
)
def test_it_is_read_as_people_write_it(text: str, span: timedelta) -> None:
    assert parse_duration(text) == span


@pytest.mark.parametrize("text", ["", "5", "h", "-5m", "1m1h", "1h1h", "5 parsecs", "1.5h", "9" * 70 + "s"])
def test_what_is_no_length_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(WrongDuration, match="30m"):
        parse_duration(text)


def test_bounds_are_named() -> None:
    with pytest.raises(WrongDuration, match="from 5 minutes to 10 days"):
        parse_duration("4m", low=timedelta(minutes=5), high=timedelta(days=10))


def test_nothing_is_zero_seconds() -> None:
    assert format_duration(timedelta()) == "0s"


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(days=7), "7 days"),
        (timedelta(days=365), "365 days"),
        (timedelta(days=1), "24 hours"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(hours=36), "36 hours"),
        (timedelta(seconds=45), "45 seconds"),
        (timedelta(days=10, seconds=1), "1w3d1s"),
        (timedelta(), "0s"),
    ],
)
def test_it_is_said_in_one_whole_unit_where_one_fits(span: timedelta, said: str) -> None:
    assert say_duration(span) == said


def test_a_single_unit_before_now_is_said_without_its_number() -> None:
    spans = (timedelta(hours=1), timedelta(hours=24), timedelta(minutes=1), timedelta(minutes=11))
    said = ["last hour", "last 24 hours", "last minute", "last 11 minutes"]
    assert [say_last(span) for span in spans] == said
