"""Holt's linear trend: against the published equations, and honest about what it does not know."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from state.alerts.holt import TooLittleData, forecast

pytestmark = pytest.mark.unmeasured

# Australian air passengers, millions, 1990–2017 (Hyndman & Athanasopoulos, §8.2, data set aus_airpassengers).
PASSENGERS = (
    17.55, 21.86, 23.89, 26.93, 26.89, 28.83, 30.08, 30.95, 30.19, 31.58, 32.58, 33.48, 39.02, 41.39,
    41.60, 44.66, 46.95, 48.73, 51.49, 50.03, 60.64, 63.36, 66.36, 68.20, 68.12, 69.78, 72.60, 74.56,
)  # fmt: skip


def test_a_straight_line_goes_on() -> None:
    found = forecast([0.1 + 0.01 * step for step in range(20)], 3, low=0, high=1)
    assert [step.value for step in found.steps] == pytest.approx([0.30, 0.31, 0.32])
    assert found.sigma == pytest.approx(0, abs=1e-9)


def test_a_constant_is_forecast_as_constant() -> None:
    found = forecast([0.5] * 30, 4, low=0, high=1)
    assert {(step.value, step.low, step.high) for step in found.steps} == {(0.5, 0.5, 0.5)}


def test_the_books_example_comes_out_near_the_books_forecasts() -> None:
    # The book fits alpha = 0.83, beta* = 0.0001 and expects 76.7 in 2018 and 78.8 in 2019; a grid is coarser.
    found = forecast(PASSENGERS, 2, low=0, high=1000)
    assert found.steps[0].value == pytest.approx(76.7, abs=1.0)
    assert found.steps[1].value == pytest.approx(78.8, abs=1.2)
    assert found.beta_star <= 0.1


def test_the_band_is_that_of_the_state_space_model() -> None:
    found = forecast(PASSENGERS, 6, low=-1e9, high=1e9)
    alpha, beta = found.alpha, found.alpha * found.beta_star
    for h, step in enumerate(found.steps, 1):
        factor = 1 + (h - 1) * (alpha**2 + alpha * beta * h + beta**2 * h * (2 * h - 1) / 6)
        assert step.high - step.value == pytest.approx(1.959964 * found.sigma * math.sqrt(factor))
        assert step.value - step.low == pytest.approx(step.high - step.value)


def test_too_few_values_make_no_forecast() -> None:
    with pytest.raises(TooLittleData, match="needs 12 evenly spaced values; the history has 11"):
        forecast([0.5] * 11, 1, low=0, high=1)


@given(st.lists(st.floats(0, 1), min_size=12, max_size=60), st.integers(1, 20))
def test_whatever_was_observed_a_forecast_stays_within_its_bounds(observed: list[float], steps: int) -> None:
    found = forecast(observed, steps, low=0.0, high=1.0)
    assert len(found.steps) == steps
    for step in found.steps:
        assert 0.0 <= step.low <= step.value <= step.high <= 1.0
