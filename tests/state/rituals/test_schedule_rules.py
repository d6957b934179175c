"""Texts that are schedules, and texts that are not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from state.rituals.schedule_rules import (
    LONGEST,
    SHORTEST,
    Cron,
    Every,
    Rule,
    WrongSchedule,
    parse_rule,
    stored_rule,
)

NOW = datetime(2026, 1, 1, 12, 0, 30, tzinfo=UTC)
MOMENTS = st.integers(0, 10**9).map(lambda seconds: NOW + timedelta(seconds=seconds / 2))
FIELD = st.one_of(
    st.sampled_from(
        ["*", "0", "7", "59", "60", "L", "LW", "MON", "JAN", "1#5", "*/2", "1-5", "5-1", "*/0", "²L", ""]
    ),
    st.from_regex(r"[0-9*/,L#-]{1,6}", fullmatch=True),
)
CRONS = st.lists(FIELD, min_size=4, max_size=6).map(" ".join)
EVERIES = st.builds(
    "every {}{}{}".format, st.integers(-2, 10**6), st.sampled_from(["", " "]), st.sampled_from("smhdwxy")
)


@given(st.one_of(st.text(max_size=120), CRONS, EVERIES), MOMENTS)
@example("0 0 30 2 *", NOW)
@example("0 0 29 2 */8", NOW)
@example("0 0 LW 2 */7", NOW)
@example("EVERY 1d", NOW)
@example("every ٣h", NOW)
@example("* " * 60, NOW)
def test_any_text_is_a_schedule_with_a_next_time_or_a_clear_error(text: str, now: datetime) -> None:
    rule: Rule | None = None
    complaint = ""
    try:
        rule = parse_rule(text, now)
    except WrongSchedule as error:
        complaint = str(error)
    if rule is None:
        assert 20 < len(complaint) < 300
        return
    run = now
    previous: datetime | None = None
    for _ in range(5):
        run = rule.next_after(run, now)
        assert run > (previous or now)
        assert previous is None or run - previous >= SHORTEST
        previous = run
    assert stored_rule(rule.text) == rule
    assert parse_rule(rule.text, now) == rule


@given(
    st.timedeltas(SHORTEST, LONGEST).map(lambda span: timedelta(seconds=int(span.total_seconds()))),
    MOMENTS,
    MOMENTS,
)
def test_every_runs_at_whole_spans_from_when_it_was_made(
    span: timedelta, anchor: datetime, now: datetime
) -> None:
    rule = Every(span)
    run = rule.next_after(now, anchor)
    # An anchor of the future is a clock's fault, and holds up nothing for longer than a span.
    assert now < run <= now + span
    assert now < anchor or (run - anchor) % span == timedelta()


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("every 6h", datetime(2026, 1, 1, 18, 0, 30, tzinfo=UTC)),
        ("Every 90 min", datetime(2026, 1, 1, 13, 30, 30, tzinfo=UTC)),
        ("0 6 * * *", datetime(2026, 1, 2, 6, tzinfo=UTC)),
        ("30 18 * * mon", datetime(2026, 1, 5, 18, 30, tzinfo=UTC)),
        ("0 0 l 2 *", datetime(2026, 2, 28, tzinfo=UTC)),
    ],
)
def test_rules_that_people_write_are_parsed(text: str, first: datetime) -> None:
    assert parse_rule(text, NOW).next_after(NOW, NOW) == first


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "Write `every 6h`"),
        ("daily", "Write `every 6h`"),
        ("0 6 * *", "five cron fields"),
        ("every", "followed by a duration"),
        ("every 5m", "Choose a time from 10 minutes"),
        ("every 2 years", "not a duration"),
        ("61 6 * * *", "bad minute"),
        ("0 6 32 * *", "bad day-of-month"),
        ("0 0 30 2 *", "bad day-of-month"),
        ("* * * * *", "run twice within 1 minute"),
        ("5,58 * * * *", "run twice within 7 minutes"),
        ("0 0 LW 2 */7", "No such time"),
    ],
)
def test_invalid_rules_are_reported(text: str, complaint: str) -> None:
    with pytest.raises(WrongSchedule, match=complaint):
        parse_rule(text, NOW)


def test_a_cron_expression_that_ends_never_comes_again() -> None:
    assert Cron("0 0 LW 2 */7").next_after(NOW, NOW) > NOW + timedelta(days=36_000)
