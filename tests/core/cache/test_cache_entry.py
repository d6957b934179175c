"""A held entry is settled as long as a hit on it would be nothing but a count."""

from collections.abc import Callable

import pytest

from core.cache import Cache
from tests.manual_clock import ManualClock

Things = Cache[str, int]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def cache(clock: ManualClock) -> Things:
    return Cache("things", owner="tests", max_entries=2, ttl_s=10, clock=clock, serve_stale=True)


def test_it_settles_for_a_tenth_of_its_time_at_each_use(clock: ManualClock, cache: Things) -> None:
    cache.get_or_build("a", lambda: 1, ())
    entry = cache.entry("a")
    assert entry is not None
    assert entry.settled_until == clock.monotonic() + 1
    clock.advance(0.5)
    cache.get("a")
    assert entry.settled_until == clock.monotonic() + 0.5
    clock.advance(0.5)
    assert entry.settled_until <= clock.monotonic()
    cache.get("a")
    assert entry.settled_until == clock.monotonic() + 1


def test_it_is_never_settled_beyond_its_time(clock: ManualClock, cache: Things) -> None:
    cache.get_or_build("a", lambda: 1, ())
    clock.advance(9.5)
    cache.get("a")
    entry = cache.entry("a")
    assert entry is not None
    assert entry.settled_until == clock.monotonic() + 0.5


@pytest.mark.parametrize(
    "forget",
    [
        lambda cache: cache.drop_tags(("tag",)),
        lambda cache: cache.clear(),
        lambda cache: [cache.get_or_build(other, lambda: 1, ()) for other in "bc"],
    ],
    ids=["dropped", "cleared", "evicted"],
)
def test_once_forgotten_it_is_not_settled(
    clock: ManualClock, cache: Things, forget: Callable[[Things], object]
) -> None:
    cache.get_or_build("a", lambda: 1, ("tag",))
    entry = cache.entry("a")
    assert entry is not None
    forget(cache)
    assert cache.entry("a") is None
    assert entry.settled_until < clock.monotonic()


def test_once_replaced_it_is_not_settled(clock: ManualClock, cache: Things) -> None:
    cache.get_or_build("a", lambda: 1, ())
    entry = cache.entry("a")
    assert entry is not None
    clock.advance(10)
    cache.get_or_build("a", lambda: 2, ())
    assert cache.entry("a") is not entry
    assert entry.settled_until < clock.monotonic() - 10
