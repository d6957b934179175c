"""What the promises are measured by."""

from __future__ import annotations

import random

import pytest

from core.metrics import Registry
from core.metrics.histogram import DEFAULT_BUCKETS_S, HistogramCell
from state.slo._sums import Sums, bounds_of, count_of, quantile, read_sums


def answered(registry: Registry, route: str, status: str, seconds: float) -> None:
    registry.counter("helix_http_requests_total", "Requests.", ("route", "method", "status")).inc(
        route, "GET", status
    )
    registry.histogram("helix_http_request_duration_seconds", "Time.", ("route",)).observe(seconds, route)


def test_nothing_registered_is_nothing_counted() -> None:
    assert read_sums(Registry()) == Sums()


def test_only_server_errors_count_as_errors() -> None:
    registry = Registry()
    for status in ("200", "304", "404", "429", "500", "503"):
        answered(registry, "/status", status, 0.01)
    sums = read_sums(registry)
    assert (sums.requests, sums.errors) == (6, 2)


def test_answers_of_health_routes_are_never_errors() -> None:
    registry = Registry()
    for route in ("/health", "/health/ready", "/health/live"):
        answered(registry, route, "503", 0.01)
    sums = read_sums(registry)
    assert (sums.requests, sums.errors) == (0, 0)
    assert count_of(sums.timed) == 3


def test_a_disabled_cache_counts_no_look_ups() -> None:
    registry = Registry()
    cache = registry.counter("helix_cache_requests_total", "Look-ups.", ("cache", "result"))
    for result, times in (("hit", 5), ("miss", 3), ("coalesced", 2), ("stale", 1), ("off", 7)):
        cache.inc("one", result, by=times)
    sums = read_sums(registry)
    assert (sums.looked_up, sums.hits) == (11, 5)


def test_only_finished_deliveries_count() -> None:
    registry = Registry()
    attempts = registry.counter("helix_delivery_attempts_total", "Attempts.", ("destination", "outcome"))
    for outcome, times in (("delivered", 8), ("failed", 30), ("dead", 2)):
        attempts.inc("zapier", outcome, by=times)
    sums = read_sums(registry)
    assert (sums.delivered, sums.dead) == (8, 2)


def test_added_sums_can_be_subtracted_again() -> None:
    one = Sums(requests=3, timed={"0.1": 2, "inf": 1}, timed_s=0.5, up_s=60.0)
    other = Sums(requests=4, errors=1, timed={"0.1": 1, "0.5": 3}, commands={"1.0": 1})
    total = one.plus(other)
    assert total.timed == {"0.1": 3, "0.5": 3, "inf": 1}
    assert (total.requests, total.errors, total.commands) == (7, 1, {"1.0": 1})
    assert total.minus(other) == one
    assert total.minus(one).minus(other) == Sums()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("q", [0.0, 0.5, 0.95, 1.0])
def test_a_quantile_equals_that_of_the_histogram(seed: int, q: float) -> None:
    chance = random.Random(seed)
    registry = Registry()
    cell = HistogramCell(DEFAULT_BUCKETS_S)
    # Where a bucket ends at its bound; the histogram knows its greatest observation, which buckets do not.
    for value in [*(chance.expovariate(5) for _ in range(200)), 60.0]:
        cell.observe(value)
        registry.histogram("helix_command_duration_seconds", "Time.", ("command",)).observe(value, "x")
    sums = read_sums(registry)
    bounds = bounds_of(registry, "helix_command_duration_seconds")
    assert quantile(sums.commands, bounds, q) == pytest.approx(cell.quantile(q))


def test_a_quantile_works_with_buckets_of_an_older_version() -> None:
    assert quantile({"0.1": 50, "0.3": 50}, (0.1, 0.2, 0.5), 0.95) == pytest.approx(0.29)


def test_values_above_the_last_bound_count_as_being_at_it() -> None:
    assert quantile({"inf": 10}, (1.0, 5.0), 0.95) == 5.0


def test_a_quantile_of_nothing_is_none() -> None:
    assert quantile({}, (1.0,), 0.95) is None
