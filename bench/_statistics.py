"""Statistics for the reports."""

import math
import statistics
from collections.abc import Sequence
from typing import NamedTuple

# The normal distribution's quantile for a 95 % interval.
_Z95 = 1.96


class Ratio(NamedTuple):
    """The ratio of two samples' geometric means, with its 95 % confidence interval."""

    value: float
    low: float
    high: float


def quantile(values: Sequence[float], share: float) -> float:
    """The quantile of `values` by the nearest-rank method; NaN without values."""
    if not values:
        return math.nan
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def ratio_of(measured: Sequence[float], base: Sequence[float]) -> Ratio:
    """The ratio of two samples of positive numbers, by Welch's standard error of the mean logarithms.

    NaN if a sample has less than two values.
    """
    if min(len(measured), len(base)) < 2:
        return Ratio(math.nan, math.nan, math.nan)
    one, other = [math.log(value) for value in measured], [math.log(value) for value in base]
    difference = statistics.fmean(one) - statistics.fmean(other)
    error = math.sqrt(statistics.variance(one) / len(one) + statistics.variance(other) / len(other))
    return Ratio(*(math.exp(difference + z * error) for z in (0.0, -_Z95, _Z95)))
