"""What people type about the field, right and wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cogs.field import _arguments, _tune
from bot.cogs.field._arguments import Shift, UnknownMetric, WrongInput
from core.errors import HelixError
from core.text.durations import WrongDuration, format_duration
from state.models import METRICS


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("0.7", Shift(0.7, relative=False)),
        ("1", Shift(1.0, relative=False)),
        (".5", Shift(0.5, relative=False)),
        ("0,25", Shift(0.25, relative=False)),
        ("+0.1", Shift(0.1, relative=True)),
        ("-0.1", Shift(-0.1, relative=True)),
        ("−0.1", Shift(-0.1, relative=True)),
        (" 2. ", Shift(2.0, relative=False)),
    ],
)
def test_a_value_is_set_or_shifted(text: str, meant: Shift) -> None:
    assert _arguments.parse_value(text) == meant


@pytest.mark.parametrize(
    "text", ["", "much", "1e3", "nan", "inf", "0x1", "1.2.3", "+-1", ".", "١", "1" * 30, "0.5%"]
)
def test_a_wrong_value_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(WrongInput, match=r"such as 0\.7, or a shift"):
        _arguments.parse_value(text)


@given(st.text(max_size=30))
def test_any_text_is_a_finite_number_or_an_error(text: str) -> None:
    try:
        shift = _arguments.parse_value(text)
    except WrongInput:
        return
    assert abs(shift.amount) < 1e10


@given(st.decimals(0, 2, places=3), st.sampled_from(["", "+", "-"]))
def test_every_decimal_is_read_as_written(number: object, sign: str) -> None:
    shift = _arguments.parse_value(f"{sign}{number}")
    assert shift == Shift(float(f"{sign}{number}"), relative=bool(sign))


@given(
    st.sampled_from(tuple(METRICS)),
    st.floats(0, 1),
    st.builds(Shift, st.floats(-3, 3, allow_nan=False), st.booleans()),
)
def test_a_target_out_of_range_is_refused_with_the_range(metric: str, before: float, shift: Shift) -> None:
    spec = METRICS[metric]
    after = round(before + shift.amount, 9) if shift.relative else shift.amount
    if spec.low <= after <= spec.high:
        assert spec.low <= _tune.target_of(metric, shift, before) <= spec.high
    else:
        with pytest.raises(WrongInput, match=f"from {spec.low:g} to {spec.high:g}, and"):
            _tune.target_of(metric, shift, before)


def test_a_value_slightly_out_of_range_is_refused() -> None:
    for amount in (-1.5e-296, 2.000000000000001):
        with pytest.raises(WrongInput, match="is outside"):
            _tune.target_of("harmony", Shift(amount, relative=False), 0.5)


def test_a_shift_below_the_precision_leaves_zero_unchanged() -> None:
    assert str(_tune.target_of("harmony", Shift(-1e-12, relative=True), 0.0)) == "0.0"


def test_a_shift_shows_no_floating_point_error() -> None:
    assert _tune.target_of("prana", Shift(0.1, relative=True), 0.2) == 0.3


@given(st.text(max_size=20))
def test_a_metric_is_one_of_the_six_or_an_error(text: str) -> None:
    if text.strip().casefold() in METRICS:
        assert _arguments.parse_metric(text) in METRICS
    else:
        with pytest.raises(UnknownMetric, match="There is no metric"):
            _arguments.parse_metric(text)


@pytest.mark.parametrize(
    ("metric", "window", "names", "span"),
    [
        (None, None, tuple(METRICS), timedelta(hours=24)),
        ("ALL", "7d", tuple(METRICS), timedelta(days=7)),
        ("Klesha", None, ("klesha",), timedelta(hours=24)),
        ("zoom", "2 days", ("zoom",), timedelta(days=2)),
        ("90m", None, tuple(METRICS), timedelta(minutes=90)),
    ],
)
def test_a_trend_takes_one_metric_or_all_and_a_window(
    metric: str | None, window: str | None, names: tuple[str, ...], span: timedelta
) -> None:
    assert _arguments.parse_scope(metric, window) == (names, span)


@pytest.mark.parametrize(
    ("metric", "window"), [("mood", None), ("zoom", "soon"), ("zoom", "9m"), ("zoom", "366d"), ("", "x")]
)
def test_a_wrong_trend_is_refused(metric: str, window: str | None) -> None:
    with pytest.raises(HelixError):
        _arguments.parse_scope(metric, window)


@pytest.mark.parametrize(("text", "number"), [("3", 3), ("#12", 12), (" 4 ", 4)])
def test_an_alert_is_a_number(text: str, number: int) -> None:
    assert _arguments.parse_alert(text) == number


@pytest.mark.parametrize("text", [None, "", "three", "-1", "1" * 20])
def test_a_text_that_is_no_alert_number_is_refused(text: str | None) -> None:
    with pytest.raises(WrongInput, match="/alerts ack 3"):
        _arguments.parse_alert(text)


@given(st.timedeltas(timedelta(minutes=1), timedelta(days=30)).map(lambda span: span // timedelta(seconds=1)))
def test_a_mute_names_a_metric_and_a_duration(seconds: int) -> None:
    span = timedelta(seconds=seconds)
    assert _arguments.parse_mute("Harmony", format_duration(span)) == ("harmony", span)


def test_a_mute_needs_metric_and_duration_and_can_be_ended() -> None:
    assert _arguments.parse_mute("zoom", "OFF") == ("zoom", None)
    for target, span in ((None, None), ("zoom", None)):
        with pytest.raises(WrongInput, match="alerts mute harmony 2h"):
            _arguments.parse_mute(target, span)
    with pytest.raises(WrongDuration, match="from 1 minute to 30 days"):
        _arguments.parse_mute("zoom", "10s")


def test_a_value_far_outside_is_written_out() -> None:
    with pytest.raises(WrongInput, match="and 1000000 is outside"):
        _tune.target_of("harmony", Shift(1_000_000, relative=False), 0.5)
