"""One histogram: counts per bucket, and quantiles estimated from them."""

from __future__ import annotations

import math
import sys
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import accumulate, pairwise

import msgspec

# Upper bounds in seconds, from a memory read to a hung request.
DEFAULT_BUCKETS_S: tuple[float, ...] = (
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
    0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0,
)  # fmt: skip

_INFINITY = math.inf
_SMALLEST = sys.float_info.min


class HistogramSummary(msgspec.Struct, frozen=True):
    """A histogram's summary; sum, quantiles and maximum are in its unit."""

    count: int
    sum: float
    p50: float | None
    p95: float | None
    p99: float | None
    max: float | None

    @property
    def mean(self) -> float | None:
        """The mean observation; None without observations."""
        return self.sum / self.count if self.count else None


class HistogramCell:
    """The counts of one label set.

    A bucket counts values above the previous bound and at most its own, as with Prometheus' `le`.
    """

    __slots__ = ("_bounds", "_counts", "_lowest", "max", "sum")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        if not bounds or not all(low < high for low, high in pairwise((0.0, *bounds, _INFINITY))):
            raise ValueError("bucket bounds must be positive, finite and rising")
        self._bounds = bounds
        self._lowest = bounds[0]
        self._counts = [0] * (len(bounds) + 1)
        self.sum = 0.0
        self.max = 0.0

    @property
    def count(self) -> int:
        """Number of observations."""
        return sum(self._counts)

    def observe(self, value: float) -> None:
        """Counts one observation, which must be finite and not negative."""
        # Frequent observations are mostly fast; they need no search.
        if 0.0 <= value <= self._lowest:
            self._counts[0] += 1
        elif 0.0 <= value < _INFINITY:
            self._counts[bisect_left(self._bounds, value)] += 1
        else:
            raise ValueError(f"{value} cannot be observed")
        self.sum += value
        if value > self.max:  # noqa: PLR1730 - max() costs a call in the hot path
            self.max = value

    def buckets(self) -> Iterator[tuple[float, int]]:
        """Upper bound and count of each bucket."""
        return zip((*self._bounds, _INFINITY), self._counts, strict=True)

    def cumulative(self) -> Iterator[tuple[float, int]]:
        """Upper bounds with the number of observations at most that; the last bound is infinity."""
        return zip((*self._bounds, _INFINITY), accumulate(self._counts), strict=True)

    def quantile(self, q: float) -> float | None:
        """The q-quantile (0 to 1), interpolated linearly in its bucket; None without observations.

        The last bucket ends at the greatest observation, which also caps the estimate.
        """
        if not 0.0 <= q <= 1.0:
            raise ValueError("a quantile must be from 0 to 1")
        count = self.count
        if not count:
            return None
        # The smallest positive rank replaces 0, so that it falls into a bucket that is not empty.
        rank = max(q * count, _SMALLEST)
        reached = list(accumulate(self._counts))
        bucket = bisect_left(reached, rank)
        low = self._bounds[bucket - 1] if bucket else 0.0
        high = min((*self._bounds, self.max)[bucket], self.max)
        within = (rank - reached[bucket]) / self._counts[bucket] + 1.0
        return low + (high - low) * within

    def summary(self) -> HistogramSummary:
        """Count, sum, the usual quantiles, and the greatest observation."""
        count = self.count
        return HistogramSummary(
            count=count,
            sum=self.sum,
            p50=self.quantile(0.5),
            p95=self.quantile(0.95),
            p99=self.quantile(0.99),
            max=self.max if count else None,
        )

    def copy(self) -> HistogramCell:
        """A copy of the counts."""
        # Skips the constructor: the bounds were checked, and a scrape copies every cell.
        same = HistogramCell.__new__(HistogramCell)
        same._bounds, same._lowest, same._counts = self._bounds, self._lowest, self._counts[:]  # noqa: SLF001 - of this class
        same.sum, same.max = self.sum, self.max
        return same

    @classmethod
    def merge(cls, bounds: tuple[float, ...], cells: Iterable[HistogramCell]) -> HistogramCell:
        """The sum of cells, which must all have these bounds."""
        merged, parts = cls(bounds), tuple(cells)
        columns = zip(merged._counts, *(part._counts for part in parts), strict=True)  # noqa: SLF001 - likewise
        merged._counts = [sum(column) for column in columns]
        merged.sum = sum(part.sum for part in parts)
        merged.max = max((part.max for part in parts), default=0.0)
        return merged
