import math

from bench._statistics import quantile, ratio_of


def test_a_quantile_is_a_value_that_was_seen() -> None:
    values = [5.0, 1.0, 4.0, 2.0, 3.0]
    assert [quantile(values, share) for share in (0.0, 0.5, 0.95, 1.0)] == [1.0, 3.0, 5.0, 5.0]


def test_nothing_has_no_quantile() -> None:
    assert math.isnan(quantile([], 0.5))


def test_a_sample_twice_another_has_the_ratio_two() -> None:
    base = [1.0, 1.1, 0.9, 1.05, 0.95] * 10
    ratio = ratio_of([2 * value for value in base], base)
    assert math.isclose(ratio.value, 2.0)
    assert 1.8 < ratio.low < 2.0 < ratio.high < 2.2


def test_few_and_scattered_values_tell_little() -> None:
    ratio = ratio_of([0.5, 2.0, 1.0], [0.6, 1.9])
    assert ratio.low < 0.5
    assert ratio.high > 2.0


def test_one_value_is_no_sample() -> None:
    assert math.isnan(ratio_of([1.0], [1.0, 2.0]).value)
