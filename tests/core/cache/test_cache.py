import asyncio
import gc
import logging

import pytest

from core.cache import Cache, CacheRegistry, UnknownCache
from core.metrics import Registry
from tests.manual_clock import ManualClock


class Switch:
    def __init__(self) -> None:
        self.on = True

    def __call__(self) -> bool:
        return self.on


class Source:
    """A computation whose end the test decides."""

    def __init__(self) -> None:
        self.calls = 0
        self.started = asyncio.Event()
        self.release = asyncio.Event()
        self.cancelled = False
        self.error: Exception | None = None

    async def __call__(self) -> int:
        self.calls += 1
        call = self.calls
        self.started.set()
        try:
            await self.release.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        if self.error is not None:
            raise self.error
        return call


def make(clock: ManualClock, *, serve_stale: bool = False, enabled: Switch | None = None) -> Cache[str, int]:
    return Cache(
        "things",
        owner="tests",
        max_entries=3,
        ttl_s=10,
        clock=clock,
        enabled=enabled or Switch(),
        serve_stale=serve_stale,
    )


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


async def fetch_value(cache: Cache[str, int], key: str, value: int, *tags: str) -> str:
    async def compute() -> int:
        return value

    found = await cache.fetch(key, compute, tags)
    assert found.outcome == "hit" or found.value == value
    return found.outcome


def failing() -> int:
    raise OSError("no")


def test_a_built_value_is_a_hit_until_its_ttl(clock: ManualClock) -> None:
    cache = make(clock)
    assert cache.get_or_build("a", lambda: 1, ()).outcome == "miss"
    clock.advance(9.9)
    found = cache.get_or_build("a", lambda: 2, ())
    assert (found.value, found.outcome, round(found.age_s, 3)) == (1, "hit", 9.9)
    clock.advance(0.1)
    assert cache.get_or_build("a", lambda: 2, ()).value == 2


def test_the_age_counts_from_the_start_of_the_computation(clock: ManualClock) -> None:
    cache = make(clock)

    def slow() -> int:
        clock.advance(8)
        return 1

    assert cache.get_or_build("a", slow, ()).age_s == 8
    clock.advance(2)
    assert cache.get("a") is None


def test_a_dropped_tag_takes_its_entries_and_no_others(clock: ManualClock) -> None:
    cache = make(clock)
    cache.get_or_build("a", lambda: 1, ("state", "agents"))
    cache.get_or_build("b", lambda: 2, ("health",))
    assert cache.drop_tags(("state", "agents", "unused")) == 1
    assert cache.get("a") is None
    assert cache.get("b") is not None


def test_the_bound_holds_and_the_least_recently_used_goes(clock: ManualClock) -> None:
    cache = make(clock)
    for number, key in enumerate("abc"):
        cache.get_or_build(key, lambda number=number: number, ("t",))  # type: ignore[misc]  # bound at once
    clock.advance(2)
    cache.get("a")
    cache.get_or_build("d", lambda: 4, ("t",))
    assert cache.stats().size == 3
    assert cache.get("b") is None
    assert cache.get("a") is not None
    assert cache.drop_tags({"t"}) == 3
    assert cache.stats().size == 0


def test_a_failed_build_is_not_stored(clock: ManualClock) -> None:
    cache = make(clock)
    with pytest.raises(OSError, match="no"):
        cache.get_or_build("a", failing, ())
    assert cache.get_or_build("a", lambda: 1, ()).outcome == "miss"


def test_a_tag_dropped_by_the_build_itself_keeps_its_result_out(clock: ManualClock) -> None:
    cache = make(clock)

    def build() -> int:
        cache.drop_tags(("state",))
        return 1

    assert cache.get_or_build("a", build, ("state",)).value == 1
    assert cache.get("a") is None


def test_an_expired_entry_is_let_go_when_it_is_found(clock: ManualClock) -> None:
    cache = make(clock)
    cache.get_or_build("a", lambda: 1, ("state",))
    clock.advance(10)
    assert cache.get("a") is None
    assert cache.stats().size == 0


def test_an_expired_entry_stands_in_for_a_failed_build_and_says_so(
    clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    cache = make(clock, serve_stale=True)
    cache.get_or_build("a", lambda: 1, ("state",))
    clock.advance(60)
    with caplog.at_level(logging.WARNING):
        found = cache.get_or_build("a", failing, ("state",))
    assert (found.value, found.outcome, found.age_s) == (1, "stale", 60)
    assert "cache.stale cache=things age_s=60 error=OSError" in caplog.text


def test_what_a_tag_has_dropped_never_stands_in(clock: ManualClock) -> None:
    cache = make(clock, serve_stale=True)
    cache.get_or_build("a", lambda: 1, ("state",))
    clock.advance(60)
    cache.drop_tags(("state",))
    with pytest.raises(OSError, match="no"):
        cache.get_or_build("a", failing, ("state",))


async def test_an_expired_entry_stands_in_for_a_failed_computation(clock: ManualClock) -> None:
    cache = make(clock, serve_stale=True)
    await fetch_value(cache, "a", 1, "state")
    clock.advance(60)
    source = Source()
    source.error = OSError("no")
    source.release.set()
    assert (await cache.fetch("a", source, ("state",))).outcome == "stale"
    assert await fetch_value(cache, "a", 2, "state") == "miss"


async def test_fifty_at_once_are_one_computation(clock: ManualClock) -> None:
    cache, source = make(clock), Source()
    callers = [asyncio.create_task(cache.fetch("a", source, ("state",))) for _ in range(50)]
    await source.started.wait()
    source.release.set()
    found = await asyncio.gather(*callers)
    assert source.calls == 1
    assert sorted(one.outcome for one in found) == ["coalesced"] * 49 + ["miss"]
    assert cache.get("a") is not None


async def test_a_failure_reaches_everyone_who_waited_and_is_not_stored(clock: ManualClock) -> None:
    cache, source = make(clock), Source()
    source.error = OSError("no")
    callers = [asyncio.create_task(cache.fetch("a", source, ())) for _ in range(3)]
    await source.started.wait()
    source.release.set()
    results = await asyncio.gather(*callers, return_exceptions=True)
    assert all(isinstance(result, OSError) for result in results)
    assert await fetch_value(cache, "a", 5) == "miss"


async def test_a_cancelled_caller_leaves_the_computation_to_the_others(clock: ManualClock) -> None:
    cache, source = make(clock), Source()
    first = asyncio.create_task(cache.fetch("a", source, ()))
    second = asyncio.create_task(cache.fetch("a", source, ()))
    await source.started.wait()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    source.release.set()
    assert (await second).value == 1
    assert not source.cancelled


async def test_the_computation_ends_with_its_last_caller(clock: ManualClock) -> None:
    cache, source = make(clock), Source()
    caller = asyncio.create_task(cache.fetch("a", source, ()))
    await source.started.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    await asyncio.sleep(0)
    assert source.cancelled
    assert await fetch_value(cache, "a", 7) == "miss"


async def test_an_error_that_nobody_waits_for_any_more_is_nobody_s(
    clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    cache, started = make(clock), asyncio.Event()

    async def compute() -> int:
        started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise OSError("closing failed") from None
        return 1

    caller = asyncio.create_task(cache.fetch("a", compute, ()))
    await started.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    del caller
    await asyncio.sleep(0)
    gc.collect()
    assert "never retrieved" not in caplog.text


async def test_a_tag_dropped_during_the_computation_keeps_its_result_out(clock: ManualClock) -> None:
    cache, source = make(clock), Source()
    caller = asyncio.create_task(cache.fetch("a", source, ("state",)))
    await source.started.wait()
    cache.drop_tags(("state",))
    source.release.set()
    assert (await caller).value == 1
    assert cache.get("a") is None


async def test_who_asks_after_the_drop_starts_anew(clock: ManualClock) -> None:
    cache, old, new = make(clock), Source(), Source()
    before = asyncio.create_task(cache.fetch("a", old, ("state",)))
    await old.started.wait()
    cache.drop_tags(("state",))
    after = asyncio.create_task(cache.fetch("a", new, ("state",)))
    await new.started.wait()
    new.release.set()
    await after
    old.release.set()
    await before
    assert (old.calls, new.calls) == (1, 1)
    found = cache.get("a")
    assert found is not None
    assert found.stored_at == (await after).stored_at


async def test_clearing_reaches_what_is_being_computed(clock: ManualClock) -> None:
    cache, source = make(clock), Source()
    cache.get_or_build("b", lambda: 1, ())
    caller = asyncio.create_task(cache.fetch("a", source, ()))
    await source.started.wait()
    assert cache.clear() == 1
    source.release.set()
    await caller
    assert cache.stats().size == 0


async def test_an_older_computation_does_not_replace_a_newer_answer(clock: ManualClock) -> None:
    cache, source = make(clock), Source()
    caller = asyncio.create_task(cache.fetch("a", source, ()))
    await source.started.wait()
    clock.advance(1)
    cache.get_or_build("a", lambda: 99, ())
    source.release.set()
    await caller
    found = cache.get("a")
    assert found is not None
    assert found.value == 99


async def test_switched_off_it_neither_serves_nor_keeps_nor_joins(clock: ManualClock) -> None:
    switch = Switch()
    cache = make(clock, enabled=switch)
    cache.get_or_build("a", lambda: 1, ())
    switch.on = False
    assert cache.get("a") is None
    assert cache.get_or_build("a", lambda: 2, ()).outcome == "off"
    assert await fetch_value(cache, "a", 3) == "off"
    switch.on = True
    found = cache.get("a")
    assert found is not None
    assert found.value == 1


async def test_what_was_computed_before_it_was_switched_off_is_not_kept(clock: ManualClock) -> None:
    switch, source = Switch(), Source()
    cache = make(clock, enabled=switch)
    caller = asyncio.create_task(cache.fetch("a", source, ()))
    await source.started.wait()
    switch.on = False
    source.release.set()
    await caller
    switch.on = True
    assert cache.get("a") is None


async def test_every_look_up_is_counted_once(clock: ManualClock) -> None:
    metrics = Registry()
    caches = CacheRegistry(clock, metrics)
    cache: Cache[str, int] = caches.create("things", owner="tests", max_entries=3, ttl_s=10, serve_stale=True)
    cache.get("a")
    cache.get("a", count_miss=False)
    await fetch_value(cache, "a", 1)
    await fetch_value(cache, "a", 1)
    clock.advance(10)
    cache.get_or_build("a", failing, ())
    with pytest.raises(OSError, match="no"):
        cache.get_or_build("b", failing, ())
    stats = cache.stats()
    assert (stats.hits, stats.misses, stats.stale, stats.coalesced) == (1, 3, 1, 0)
    assert stats.hit_rate == 0.2
    assert stats.oldest_age_s == 10
    counter = metrics.counter("helix_cache_requests_total", "Cache look-ups by result.", ("cache", "result"))
    assert counter.value("things", "miss") == 3
    assert counter.total() == 5


def test_an_unused_cache_has_no_hit_rate(clock: ManualClock) -> None:
    stats = make(clock).stats()
    assert (stats.hit_rate, stats.oldest_age_s, stats.size) == (None, None, 0)


@pytest.mark.parametrize(("entries", "ttl_s"), [(0, 1), (1, 0), (1, -1), (1, float("nan"))])
def test_a_cache_without_room_or_time_is_refused(clock: ManualClock, entries: int, ttl_s: float) -> None:
    with pytest.raises(ValueError, match="max_entries must be at least 1"):
        Cache("x", owner="tests", max_entries=entries, ttl_s=ttl_s, clock=clock)


def test_the_registry_drops_a_tag_in_every_cache(clock: ManualClock) -> None:
    caches = CacheRegistry(clock, Registry())
    for name in ("one", "two"):
        caches.create(name, owner="tests", max_entries=3, ttl_s=10).get_or_build("k", lambda: 1, ("state",))
    assert caches.drop_tags("state") == 2


def test_the_registry_clears_one_cache_or_all(clock: ManualClock) -> None:
    caches = CacheRegistry(clock, Registry())
    for name in ("one", "two", "three"):
        caches.create(name, owner="tests", max_entries=3, ttl_s=10).get_or_build("k", lambda: 1, ())
    assert caches.clear("one") == 1
    assert caches.clear("all") == 2
    assert [stats.name for stats in caches.stats()] == ["one", "three", "two"]


def test_the_registry_suggests_the_nearest_name(clock: ManualClock) -> None:
    caches = CacheRegistry(clock, Registry())
    created = caches.create("responses", owner="web", max_entries=3, ttl_s=10)
    assert caches.get("responses") is created
    with pytest.raises(UnknownCache, match="Did you mean 'responses'"):
        caches.clear("response")


@pytest.mark.parametrize("name", ["responses", "all"])
def test_the_registry_refuses_a_name_twice_and_the_name_of_all(clock: ManualClock, name: str) -> None:
    caches = CacheRegistry(clock, Registry())
    caches.create("responses", owner="web", max_entries=3, ttl_s=10)
    with pytest.raises(ValueError, match="already"):
        caches.create(name, owner="web", max_entries=3, ttl_s=10)


def test_the_probe_says_how_full_they_are_together_and_whether_they_are_off(clock: ManualClock) -> None:
    switch = Switch()
    caches = CacheRegistry(clock, Registry(), enabled=switch)
    assert caches.probe().load == 0
    caches.create("empty", owner="tests", max_entries=3, ttl_s=10)
    caches.create("one answer", owner="tests", max_entries=1, ttl_s=10).get_or_build("k", lambda: 1, ())
    reading = caches.probe()
    assert (reading.status, reading.load, reading.counters["entries"]) == ("pass", 0.25, 1)
    assert reading.reason == ""
    switch.on = False
    assert "switched off" in caches.probe().reason
