"""A short forecast of one number, by Holt's linear trend method with its prediction interval.

Holt (1957), "Forecasting seasonals and trends by exponentially weighted averages"; here as in Hyndman &
Athanasopoulos, "Forecasting: Principles and Practice" (3rd ed.), §8.2. With level l, trend b, observation y:

    l_t = α·y_t + (1 − α)·(l_{t−1} + b_{t−1})
    b_t = β*·(l_t − l_{t−1}) + (1 − β*)·b_{t−1}
    ŷ_{t+h} = l_t + h·b_t

α and β* minimize the sum of squared one-step errors over a grid; l_0 and b_0 come from the least-squares line
through the first ten observations (Hyndman et al., "Forecasting with Exponential Smoothing", 2008, §2.6.1).
The interval is that of the equivalent state space model ETS(A,A,N) (same book, §8.7), with β = α·β*:

    σ_h² = σ²·[1 + (h − 1)·(α² + α·β·h + β²·h·(2h − 1)/6)],  ŷ ± 1.96·σ_h for 95 %

where σ² is the sum of squared one-step errors divided by n − 4, the fitted numbers being α, β*, l_0 and b_0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import msgspec

from core.errors import HelixError

# With fewer observations the four fitted parameters would mostly reproduce the observations.
LEAST_OBSERVATIONS: Final = 12
_GRID: Final = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.98)
_FIRST: Final = 10
_FITTED: Final = 4
# The standard normal's 97.5 % point.
_Z_95: Final = 1.959964


class TooLittleData(HelixError):
    """There are too few observations for a forecast."""


class Expected(msgspec.Struct, frozen=True):
    """The expected value at one step, and its 95 % prediction interval."""

    value: float
    low: float
    high: float


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """A forecast of the steps after the last observation.

    Attributes:
        steps: the first is one step after the last observation.
        alpha: smoothing of the level; `beta_star` is that of the trend.
        sigma: standard deviation of the one-step errors.
    """

    steps: tuple[Expected, ...]
    alpha: float
    beta_star: float
    sigma: float


def forecast(observed: Sequence[float], steps: int, *, low: float, high: float) -> Forecast:
    """Forecasts `steps` values after evenly spaced observations, clipped to `low` and `high`.

    Raises:
        TooLittleData: there are fewer than twelve observations.
    """
    if len(observed) < LEAST_OBSERVATIONS:
        raise TooLittleData(
            f"A forecast needs {LEAST_OBSERVATIONS} evenly spaced values; the history has {len(observed)}."
        )
    level, trend = _first_line(observed[:_FIRST])
    best = min(
        (_run(observed, level, trend, alpha, beta_star) for alpha in _GRID for beta_star in _GRID),
        key=lambda fit: fit.squares,
    )
    sigma = math.sqrt(best.squares / (len(observed) - _FITTED))
    expected = []
    for step in range(1, steps + 1):
        value = best.level + step * best.trend
        spread = _Z_95 * sigma * math.sqrt(_variance_factor(best.alpha, best.alpha * best.beta_star, step))
        expected.append(
            Expected(*(min(max(one, low), high) for one in (value, value - spread, value + spread)))
        )
    return Forecast(steps=tuple(expected), alpha=best.alpha, beta_star=best.beta_star, sigma=sigma)


class _Fit(msgspec.Struct, frozen=True):
    alpha: float
    beta_star: float
    squares: float
    level: float
    trend: float


def _run(observed: Sequence[float], level: float, trend: float, alpha: float, beta_star: float) -> _Fit:
    squares = 0.0
    for value in observed:
        expected = level + trend
        squares += (value - expected) ** 2
        before, level = level, alpha * value + (1 - alpha) * expected
        trend = beta_star * (level - before) + (1 - beta_star) * trend
    return _Fit(alpha, beta_star, squares, level, trend)


def _variance_factor(alpha: float, beta: float, step: int) -> float:
    return 1 + (step - 1) * (alpha**2 + alpha * beta * step + beta**2 * step * (2 * step - 1) / 6)


def _first_line(first: Sequence[float]) -> tuple[float, float]:
    """Intercept (one step before the first value) and slope of the least-squares line."""
    count = len(first)
    middle, mean = (count + 1) / 2, sum(first) / count
    slope = sum((at - middle) * (value - mean) for at, value in enumerate(first, 1)) / sum(
        (at - middle) ** 2 for at in range(1, count + 1)
    )
    return mean - slope * middle, slope
