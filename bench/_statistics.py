"""The few statistics that the reports state."""

import math
import statistics
from collections.abc import Sequence
from typing import NamedTuple

# Of the normal distribution, for an interval that holds 95 %.
_Z95 = 1.96


class Ratio(NamedTuple):
    """How much more one sample is than another: the ratio of their geometric means, and its 95 % interval."""

    value: float
    low: float
    high: float


def quantile(values: Sequence[float], share: float) -> float:
    """The value that this share of `values` does not exceed, by the nearest rank; NaN of none."""
    if not values:
        return math.nan
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def ratio_of(measured: Sequence[float], base: Sequence[float]) -> Ratio:
    """Of two samples of positive numbers, the interval by Welch's standard error of the mean logarithms.

    NaN where a sample has less than two.
    """
    if min(len(measured), len(base)) < 2:
        return Ratio(math.nan, math.nan, math.nan)
    one, other = [math.log(value) for value in measured], [math.log(value) for value in base]
    difference = statistics.fmean(one) - statistics.fmean(other)
    error = math.sqrt(statistics.variance(one) / len(one) + statistics.variance(other) / len(other))
    return Ratio(*(math.exp(difference + z * error) for z in (0.0, -_Z95, _Z95)))
