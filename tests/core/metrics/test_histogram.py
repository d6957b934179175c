import math
from bisect import bisect_left
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.metrics.histogram import DEFAULT_BUCKETS_S, HistogramCell

BOUNDS = (0.1, 0.5, 1.0)

values = st.lists(st.floats(0, 100, allow_nan=False), min_size=1, max_size=60)


def filled(*observed: float, bounds: tuple[float, ...] = BOUNDS) -> HistogramCell:
    cell = HistogramCell(bounds)
    for value in observed:
        cell.observe(value)
    return cell


def test_an_observation_on_a_bound_belongs_below_it() -> None:
    assert list(filled(0.0, 0.1, 0.11, 1.0, 7.0).cumulative()) == [
        (0.1, 2),
        (0.5, 3),
        (1.0, 4),
        (math.inf, 5),
    ]


def test_a_quantile_is_interpolated_inside_its_bucket() -> None:
    cell = filled(0.2, 0.3, 0.4, 0.5)
    assert cell.quantile(0.5) == pytest.approx(0.3)
    assert cell.quantile(0.0) == pytest.approx(0.1)
    assert cell.quantile(1.0) == pytest.approx(0.5)


def test_the_last_bucket_ends_at_the_greatest_observation() -> None:
    assert filled(2.0, 4.0).quantile(0.5) == pytest.approx(2.5)
    assert filled(2.0, 4.0).quantile(1.0) == 4.0


def test_no_quantile_is_above_the_greatest_observation() -> None:
    assert filled(0.2).quantile(0.99) == pytest.approx(0.199)


def test_nothing_observed_has_no_quantiles() -> None:
    summary = HistogramCell(BOUNDS).summary()
    assert (summary.count, summary.sum, summary.p50, summary.p99, summary.max) == (0, 0.0, None, None, None)
    assert summary.mean is None


def test_only_zeros_have_the_quantile_zero() -> None:
    assert filled(0.0, 0.0).quantile(0.95) == 0.0


@pytest.mark.parametrize("value", [-0.001, math.nan, math.inf, -math.inf])
def test_what_is_no_duration_is_not_observed(value: float) -> None:
    cell = HistogramCell(BOUNDS)
    with pytest.raises(ValueError, match="observed"):
        cell.observe(value)
    assert cell.count == 0


@pytest.mark.parametrize("bounds", [(), (0.0, 1.0), (1.0, 1.0), (2.0, 1.0), (1.0, math.inf), (math.nan,)])
def test_bounds_that_do_not_rise_are_refused(bounds: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="rising"):
        HistogramCell(bounds)


@pytest.mark.parametrize("q", [-0.1, 1.1, math.nan])
def test_a_quantile_outside_of_zero_to_one_is_refused(q: float) -> None:
    with pytest.raises(ValueError, match="quantile"):
        filled(0.1).quantile(q)


@given(observed=values, q=st.floats(0, 1))
def test_a_quantile_lies_in_the_bucket_of_the_true_one(observed: list[float], q: float) -> None:
    estimate = filled(*observed, bounds=DEFAULT_BUCKETS_S).quantile(q)
    true = sorted(observed)[max(0, math.ceil(q * len(observed)) - 1)]
    edges = (0.0, *DEFAULT_BUCKETS_S, math.inf)
    bucket = bisect_left(DEFAULT_BUCKETS_S, true)
    assert estimate is not None
    assert edges[bucket] <= estimate <= edges[bucket + 1]
    assert estimate <= max(observed)


@given(observed=values)
def test_quantiles_rise_with_q(observed: list[float]) -> None:
    cell = filled(*observed, bounds=DEFAULT_BUCKETS_S)
    estimates = [cell.quantile(step / 20) or 0.0 for step in range(21)]
    assert all(low <= high + 1e-9 for low, high in pairwise(estimates))


@given(left=values, right=values)
def test_merging_is_observing_both(left: list[float], right: list[float]) -> None:
    merged = HistogramCell.merge(BOUNDS, (filled(*left), filled(*right)))
    both = filled(*left, *right)
    assert list(merged.cumulative()) == list(both.cumulative())
    assert merged.max == both.max
    assert merged.sum == pytest.approx(both.sum)


def test_a_copy_does_not_follow_the_original() -> None:
    cell = filled(0.1)
    copy = cell.copy()
    cell.observe(0.2)
    assert (copy.count, cell.count) == (1, 2)
    assert cell.summary().mean == pytest.approx(0.15)
