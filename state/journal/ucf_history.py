"""The six values over time: as exact steps if they are few, else in buckets; and those of an hour ago."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

import msgspec

from core.clock import Clock
from core.store import Store
from core.store.moments import from_us, to_us
from core.store.tx import Tx
from state.journal import Journal, ucf_history_table
from state.models import METRICS, UCF

MOST_POINTS: Final = 2_000
HOUR_AGO_EVERY_S: Final = 60.0


class Point(msgspec.Struct, frozen=True):
    """A value from `at` on; for a bucket that begins there, the time-weighted mean and the extremes."""

    at: datetime
    value: float
    low: float
    high: float


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """One metric over a period.

    Attributes:
        points: in order of time. The first is at `since`, or where the history begins if that is later.
        exact: each point is a change, and its value holds until the next point.
    """

    metric: str
    since: datetime
    until: datetime
    points: tuple[Point, ...]
    exact: bool


class Step(msgspec.Struct, frozen=True):
    """One change of the field: its source, and which of the six values changed."""

    at: datetime
    source: str
    metrics: frozenset[str]


class UCFHistory:
    """Reads the history of the UCF; each call is one read."""

    def __init__(self, database: Store) -> None:
        self._database = database

    async def series(
        self, metrics: Collection[str], since: datetime, until: datetime, *, points: int = 300
    ) -> dict[str, Series]:
        """Each metric over a period, in at most `points` points (2 to 2000)."""
        span = to_us(since), to_us(until)
        limit = max(2, min(points, MOST_POINTS))

        def work(tx: Tx) -> dict[str, Series]:
            return {metric: _series(tx, METRICS[metric].name, span, limit) for metric in metrics}

        return await self._database.read(work)

    async def steps(self, since: datetime, until: datetime, *, limit: int = 200) -> tuple[Step, ...]:
        """The last `limit` changes in a period, oldest first."""

        def work(tx: Tx) -> tuple[Step, ...]:
            # One more, to see what the first change changed.
            rows = ucf_history_table.newest(tx, to_us(until), limit + 1)[::-1]
            found = []
            for before, row in pairwise(rows):
                if row[0] > to_us(since):
                    moved = (name for place, name in enumerate(METRICS, 2) if before[place] != row[place])
                    found.append(Step(from_us(row[0]), row[1], frozenset(moved)))
            return tuple(found)

        return await self._database.read(work)

    async def samples(
        self, metrics: Collection[str], moments: Sequence[datetime]
    ) -> dict[str, tuple[float | None, ...]]:
        """Each metric at each time; None before the first value."""

        def work(tx: Tx) -> dict[str, tuple[float | None, ...]]:
            return {
                metric: tuple(
                    ucf_history_table.value_at(tx, METRICS[metric].name, to_us(moment)) for moment in moments
                )
                for metric in metrics
            }

        return await self._database.read(work)


def _series(tx: Tx, metric: str, span: tuple[int, int], limit: int) -> Series:
    since_us, until_us = span
    carried = ucf_history_table.value_at(tx, metric, since_us)
    changes = ucf_history_table.changes(tx, metric, span, carried, limit + 1)
    exact = len(changes) + (carried is not None) <= limit
    if exact:
        steps = changes if carried is None else [(since_us, carried), *changes]
        points = tuple(Point(from_us(at), value, value, value) for at, value in steps)
    else:
        width = max(1, -(-(until_us - since_us) // limit))
        rows = ucf_history_table.buckets(tx, metric, span, width)
        points = _filled(rows, span, width, carried)
    return Series(metric=metric, since=from_us(since_us), until=from_us(until_us), points=points, exact=exact)


def _filled(
    rows: Sequence[tuple[int, float, float, int, float, float]],
    span: tuple[int, int],
    width: int,
    carried: float | None,
) -> tuple[Point, ...]:
    """All buckets, including those without changes; each starts with the value carried over."""
    since_us, until_us = span
    by_number = {row[0]: row for row in rows}
    points = []
    for number in range(-(-(until_us - since_us) // width)):
        start = since_us + number * width
        end = min(start + width, until_us)
        row = by_number.get(number)
        if row is None:
            if carried is not None:
                points.append(Point(from_us(start), carried, carried, carried))
            continue
        _, low, high, first_us, weighted, last = row
        if carried is None:
            # The history begins within this bucket.
            length, mean_sum = end - first_us, weighted
        else:
            length, mean_sum = end - start, weighted + carried * (first_us - start)
            low, high = min(low, carried), max(high, carried)
        mean = mean_sum / length if length > 0 else last
        points.append(Point(from_us(start), min(max(mean, low), high), low, high))
        carried = last
    return tuple(points)


class UCFHourAgo:
    """The UCF of an hour ago, for trends; `refresh` runs every `HOUR_AGO_EVERY_S` seconds.

    Attributes:
        ucf: the UCF of an hour ago, or the first one if the history is younger; None if there is none.
        since: when the history begins, if `ucf` is the first one; else None.
    """

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock
        self.ucf: UCF | None = None
        self.since: datetime | None = None

    async def refresh(self) -> None:
        """Updates `ucf` and `since` from the history."""
        then = await self._journal.ucf_at(self._clock.now() - timedelta(hours=1))
        first = await self._journal.first_ucf() if then is None else None
        self.ucf, self.since = (then, None) if first is None else first
