"""The history of the six numbers, exact where it is short and in buckets where it is long."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import msgspec
import pytest

from core.store import Store
from state.change import Change
from state.journal.ucf_history import Point, Series, UCFHistory
from state.manager import StateManager
from tests.manual_clock import ManualClock


@pytest.fixture
def history(database: Store) -> UCFHistory:
    return UCFHistory(database)


async def tune(manager: StateManager, **values: float) -> None:
    await manager.change(lambda old: Change(ucf=msgspec.structs.replace(old.ucf, **values), source="tune"))


async def read(history: UCFHistory, clock: ManualClock, hours: float, points: int = 300) -> Series:
    until = clock.now()
    return (await history.series(("harmony",), until - timedelta(hours=hours), until, points=points))[
        "harmony"
    ]


async def test_few_changes_are_given_as_they_were(
    history: UCFHistory, manager: StateManager, clock: ManualClock
) -> None:
    began = clock.now()
    clock.advance(3600)
    await tune(manager, harmony=0.6)
    await tune(manager, prana=0.9)
    clock.advance(3600)
    series = await read(history, clock, 3)
    assert series.exact
    assert series.points == (
        Point(began, 0.5, 0.5, 0.5),
        Point(began + timedelta(hours=1), 0.6, 0.6, 0.6),
    )


async def test_a_span_begins_with_what_held_then(
    history: UCFHistory, manager: StateManager, clock: ManualClock
) -> None:
    await tune(manager, harmony=0.7)
    clock.advance(7200)
    series = await read(history, clock, 1)
    assert series.points == (Point(clock.now() - timedelta(hours=1), 0.7, 0.7, 0.7),)


async def test_before_the_first_value_there_is_nothing(
    history: UCFHistory, manager: StateManager, clock: ManualClock
) -> None:
    del manager
    until = clock.now() - timedelta(hours=5)
    series = (await history.series(("prana",), until - timedelta(hours=1), until))["prana"]
    assert series.points == ()


async def test_many_changes_are_put_in_buckets_of_the_true_time_weighted_mean(
    history: UCFHistory, manager: StateManager, clock: ManualClock
) -> None:
    chance = random.Random(4)
    began = clock.now()
    steps: list[tuple[datetime, float]] = [(began, 0.5)]
    for _ in range(120):
        clock.advance(chance.choice((0.5, 3, 40, 400)))
        value = round(chance.uniform(0, 2), 3)
        await tune(manager, harmony=value)
        steps.append((clock.now(), value))
    clock.advance(100)
    until = clock.now()
    since = began + timedelta(seconds=700)
    series = (await history.series(("harmony",), since, until, points=17))["harmony"]
    assert not series.exact
    assert len(series.points) <= 17
    for place, point in enumerate(series.points):
        end = series.points[place + 1].at if place + 1 < len(series.points) else until
        assert point.value == pytest.approx(mean(steps, point.at, end), abs=1e-6)
        assert (point.low, point.high) == extremes(steps, point.at, end)


def mean(steps: list[tuple[datetime, float]], start: datetime, end: datetime) -> float:
    total = 0.0
    for place, (at, value) in enumerate(steps):
        until = steps[place + 1][0] if place + 1 < len(steps) else end
        total += value * max(0.0, (min(until, end) - max(at, start)).total_seconds())
    return total / (end - start).total_seconds()


def extremes(steps: list[tuple[datetime, float]], start: datetime, end: datetime) -> tuple[float, float]:
    held = [value for at, value in steps if at <= start][-1:]
    # A change at the very end of a bucket belongs to the next one, but for the last.
    held += [value for at, value in steps if start < at < end]
    return min(held), max(held)


async def test_a_history_that_begins_within_a_bucket_is_weighed_from_there(
    history: UCFHistory, manager: StateManager, clock: ManualClock
) -> None:
    for value in (0.2, 0.4, 0.6, 0.8):
        clock.advance(600)
        await tune(manager, harmony=value)
    clock.advance(600)
    series = await read(history, clock, 5, points=2)
    assert len(series.points) == 1
    assert series.points[0].value == pytest.approx(0.5)


async def test_samples_are_what_held_at_each_moment(
    history: UCFHistory, manager: StateManager, clock: ManualClock
) -> None:
    began = clock.now()
    clock.advance(3600)
    await tune(manager, harmony=0.6)
    moments = [began + timedelta(hours=hour) for hour in (-1, 0, 1, 2)]
    samples = await history.samples(("harmony", "zoom"), moments)
    assert samples == {"harmony": (None, 0.5, 0.6, 0.6), "zoom": (None, 1.0, 1.0, 1.0)}


async def test_another_name_is_no_metric(history: UCFHistory, clock: ManualClock) -> None:
    with pytest.raises(KeyError):
        await history.series(("harmony; DROP TABLE journal",), clock.now(), clock.now())


async def test_each_change_says_what_made_it_and_what_it_moved(
    history: UCFHistory, manager: StateManager, clock: ManualClock
) -> None:
    began = clock.now()
    clock.advance(60)
    await tune(manager, harmony=0.6, prana=0.6)
    clock.advance(60)
    await tune(manager, zoom=1.1)
    steps = await history.steps(began, clock.now())
    assert [(step.source, sorted(step.metrics)) for step in steps] == [
        ("tune", ["harmony", "prana"]),
        ("tune", ["zoom"]),
    ]
    assert len(await history.steps(began, clock.now(), limit=1)) == 1
    assert await history.steps(clock.now(), clock.now()) == ()
