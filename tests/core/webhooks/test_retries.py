from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.webhooks.retries import JITTER, SCHEDULE_S, next_attempt, parse_retry_after

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_ten_attempts_over_about_75_hours() -> None:
    assert SCHEDULE_S == (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)


@given(st.integers(1, 9), st.floats(0, 1))
def test_the_next_attempt_is_the_schedule_and_a_little_chance(attempts: int, chance: float) -> None:
    due = next_attempt(attempts, NOW, jitter=lambda: chance)
    assert due is not None
    pause_s = (due - NOW).total_seconds()
    assert SCHEDULE_S[attempts] <= pause_s <= SCHEDULE_S[attempts] * (1 + JITTER) + 0.001


@pytest.mark.parametrize("attempts", [10, 11, 99])
def test_after_the_tenth_there_is_none(attempts: int) -> None:
    assert next_attempt(attempts, NOW) is None


def test_what_the_other_side_asks_for_is_honoured_where_it_is_longer_and_sane() -> None:
    def pause_s(asked_s: float) -> float:
        due = next_attempt(1, NOW, retry_after_s=asked_s, jitter=lambda: 0)
        assert due is not None
        return (due - NOW).total_seconds()

    assert pause_s(2) == 5
    assert pause_s(60) == 60
    assert pause_s(10**9) == 86_400


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Thu, 01 Jan 2026 12:01:00 GMT", 60),
        ("Thu, 01 Jan 2026 11:00:00 GMT", 0),
        ("Thu, 01 Jan 2026 12:01:00 -0000", 60),
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("9" * 20, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, NOW) == seconds


@given(st.text())
def test_any_header_is_a_number_or_nothing(value: str) -> None:
    found = parse_retry_after(value, NOW)
    assert found is None or found >= 0


def test_the_next_attempt_is_in_the_future() -> None:
    due = next_attempt(3, NOW)
    assert due is not None
    assert due > NOW + timedelta(minutes=29)
