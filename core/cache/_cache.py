"""The cache: bounded, with TTLs and tags; concurrent requests share one computation.

A hit is one dict look-up and one clock reading. The bound uses the LRU order of cachetools, updated at most
once per tenth of the TTL, so "least recently used" may be that far off. The age of an entry counts from the
start of its computation, when its sources were read. Used from the event loop only.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Hashable
from typing import Any, Generic, TypeVar

from core.cache._records import Aged, Cached, CacheStats, Outcome
from core.cache._store import Entry, TaggedStore
from core.clock import Clock
from core.metrics import Counter, Registry

logger = logging.getLogger(__name__)

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class _Flight:
    """A computation in progress: what it depends on, and how many callers wait for it."""

    __slots__ = ("began_at", "dropped", "tags", "task", "waiting")

    def __init__(self, tags: Collection[str], began_at: float) -> None:
        self.tags = frozenset(tags)
        self.began_at = began_at
        self.dropped = False
        self.waiting = 0
        self.task: asyncio.Task[Any]


class Cache(Generic[K, V]):
    """Answers by key, valid for `ttl_s` or until something that they depend on changes.

    Args:
        name: its name in metrics and in `!cache`.
        owner: the subsystem that uses it, as text for people.
        max_entries: the bound; beyond it the least recently used entry is dropped.
        ttl_s: how long an answer is valid, in seconds from the start of its computation.
        clock: the time source.
        enabled: asked at each use; False turns the cache off without dropping its entries.
        serve_stale: keep expired entries (within the bound), to serve when a new computation fails.
        requests: the counter with the labels cache and result; a private one by default.

    Attributes:
        hits: answers from memory; code that serves an `entry` again must count it here.
    """

    def __init__(
        self,
        name: str,
        *,
        owner: str,
        max_entries: int,
        ttl_s: float,
        clock: Clock,
        enabled: Callable[[], bool] = lambda: True,
        serve_stale: bool = False,
        requests: Counter | None = None,
    ) -> None:
        if max_entries < 1 or not ttl_s > 0:
            raise ValueError("max_entries must be at least 1, and ttl_s above 0")
        self.name = name
        self.owner = owner
        self.max_entries = max_entries
        self.ttl_s = ttl_s
        self._monotonic = clock.monotonic
        self._enabled = enabled
        self._serve_stale = serve_stale
        self._store: TaggedStore[K, V] = TaggedStore(max_entries)
        self._by_key = self._store.by_key
        self._touch_every_s = ttl_s / 10
        self._shared: dict[K, _Flight] = {}
        self._flights: set[_Flight] = set()
        counter = (
            requests if requests is not None else Registry().counter("requests", "", ("cache", "result"))
        )
        self.hits = counter.bind(name, "hit")
        self._misses = counter.bind(name, "miss")
        self._coalesced = counter.bind(name, "coalesced")
        self._stale = counter.bind(name, "stale")
        self._off = counter.bind(name, "off")

    @property
    def is_on(self) -> bool:
        """Whether it is in use; if not, every answer is computed."""
        return self._enabled()

    def get(self, key: K, *, count_miss: bool = True) -> Cached[V] | None:
        """The fresh entry of `key`, or None.

        Args:
            key: the key to look up.
            count_miss: False if `fetch` or `get_or_build` follows, which counts the miss.
        """
        if not self._enabled():
            return None
        now = self._monotonic()
        entry = self._by_key.get(key)
        if entry is not None:
            age_s = now - entry.stored_at
            if age_s < self.ttl_s:
                if now >= entry.settled_until:
                    self._store.touch(key)
                    entry.settled_until = self._settled_until(entry.stored_at, now)
                self.hits.value += 1
                return Cached(entry.value, age_s, "hit", entry.stored_at)
            if not self._serve_stale:
                self._store.discard(key)
        if count_miss:
            self._misses.value += 1
        return None

    def entry(self, key: K) -> Entry[V] | None:
        """The entry under `key`, whatever its age.

        Until `settled_until`, and while the cache is on, it may be served without another look-up.
        """
        return self._by_key.get(key)

    def get_or_build(self, key: K, build: Callable[[], V], tags: Collection[str]) -> Cached[V]:
        """The fresh entry of `key`, else the result of `build`, for computations that do not await.

        Raises:
            Exception: what `build` raises, if there is no stale entry to serve.
        """
        if not self._enabled():
            return self._uncached(build(), self._monotonic())
        found = self.get(key, count_miss=False)
        if found is not None:
            return found
        flight = self._begin(tags)
        try:
            value = build()
        except Exception as error:
            stale = self._stale_instead(key, flight, error)
            if stale is None:
                self._misses.value += 1
                raise
            return stale
        finally:
            self._flights.discard(flight)
        self._misses.value += 1
        self._keep(key, value, flight)
        return self._answer(value, flight, "miss")

    async def fetch(
        self, key: K, compute: Callable[[], Awaitable[V | Aged[V]]], tags: Collection[str]
    ) -> Cached[V]:
        """The fresh entry of `key`, else the result of `compute`, which concurrent callers share.

        A result that is `Aged` was begun that long ago.

        If a tag is dropped meanwhile, the result is not stored: callers from before the drop get it marked as
        `dropped`, later callers start a new computation. When all callers are cancelled, so is the
        computation.

        Raises:
            Exception: what `compute` raises, if there is no stale entry to serve; errors are never stored.
        """
        if not self._enabled():
            began_at = self._monotonic()
            return self._uncached(*_unwrap(await compute(), began_at))
        found = self.get(key, count_miss=False)
        if found is not None:
            return found
        flight = self._shared.get(key)
        if flight is not None and self._monotonic() - flight.began_at >= self.ttl_s:
            # It began longer ago than the TTL: too old for this caller, but not for those who asked earlier.
            flight = None
        outcome: Outcome = "miss" if flight is None else "coalesced"
        if flight is None:
            flight = self._begin(tags)
            flight.task = asyncio.create_task(self._compute(key, compute, flight), name=f"cache:{self.name}")
            flight.task.add_done_callback(_retrieve)
            self._shared[key] = flight
        try:
            value = await self._wait(key, flight)
        except Exception as error:
            stale = self._stale_instead(key, flight, error)
            if stale is None:
                self._count(outcome)
                raise
            return stale
        self._count(outcome)
        return self._answer(value, flight, outcome)

    def drop_tags(self, tags: Collection[str]) -> int:
        """Drops entries and results in progress with one of `tags`; returns the number of entries."""
        for key, flight in tuple(self._shared.items()):
            if not flight.tags.isdisjoint(tags):
                del self._shared[key]
        for flight in self._flights:
            if not flight.tags.isdisjoint(tags):
                flight.dropped = True
        return self._store.drop_tags(tags)

    def clear(self) -> int:
        """Drops everything, results in progress included; returns the number of entries."""
        self._shared.clear()
        for flight in self._flights:
            flight.dropped = True
        return self._store.clear()

    def stats(self) -> CacheStats:
        """Present size, counts and ages."""
        hits, misses = int(self.hits.value), int(self._misses.value)
        coalesced, stale = int(self._coalesced.value), int(self._stale.value)
        asked = hits + misses + coalesced + stale
        oldest_at = min((entry.stored_at for entry in self._by_key.values()), default=None)
        return CacheStats(
            name=self.name,
            owner=self.owner,
            size=len(self._by_key),
            max_entries=self.max_entries,
            ttl_s=self.ttl_s,
            hits=hits,
            misses=misses,
            coalesced=coalesced,
            stale=stale,
            hit_rate=hits / asked if asked else None,
            oldest_age_s=None if oldest_at is None else self._monotonic() - oldest_at,
        )

    def _begin(self, tags: Collection[str]) -> _Flight:
        flight = _Flight(tags, self._monotonic())
        self._flights.add(flight)
        return flight

    async def _compute(self, key: K, compute: Callable[[], Awaitable[V | Aged[V]]], flight: _Flight) -> V:
        try:
            value, flight.began_at = _unwrap(await compute(), flight.began_at)
            self._keep(key, value, flight)
            return value
        finally:
            self._flights.discard(flight)
            if self._shared.get(key) is flight:
                del self._shared[key]

    async def _wait(self, key: K, flight: _Flight) -> V:
        task: asyncio.Task[V] = flight.task
        flight.waiting += 1
        try:
            # Unlike `await task`, wait() does not cancel the task when this caller is cancelled.
            await asyncio.wait((task,))
        finally:
            flight.waiting -= 1
            if not flight.waiting and not task.done():
                if self._shared.get(key) is flight:
                    del self._shared[key]
                task.cancel()
        return task.result()

    def _keep(self, key: K, value: V, flight: _Flight) -> None:
        # If the cache was switched off meanwhile, the result is not stored.
        if flight.dropped or not self._enabled():
            return
        present = self._by_key.get(key)
        if present is None or present.stored_at <= flight.began_at:
            began_at = flight.began_at
            settled_until = self._settled_until(began_at, began_at)
            self._store.put(key, Entry(value, began_at, flight.tags, settled_until))

    def _settled_until(self, stored_at: float, touched_at: float) -> float:
        return min(stored_at + self.ttl_s, touched_at + self._touch_every_s)

    def _stale_instead(self, key: K, flight: _Flight, error: Exception) -> Cached[V] | None:
        entry = self._by_key.get(key) if self._serve_stale and not flight.dropped else None
        if entry is None:
            return None
        age_s = self._monotonic() - entry.stored_at
        logger.warning("cache.stale cache=%s age_s=%.0f error=%s", self.name, age_s, type(error).__name__)
        self._stale.value += 1
        return Cached(entry.value, age_s, "stale", entry.stored_at)

    def _uncached(self, value: V, began_at: float) -> Cached[V]:
        self._off.value += 1
        return Cached(value, self._monotonic() - began_at, "off", began_at)

    def _answer(self, value: V, flight: _Flight, outcome: Outcome) -> Cached[V]:
        return Cached(value, self._monotonic() - flight.began_at, outcome, flight.began_at, flight.dropped)

    def _count(self, outcome: Outcome) -> None:
        (self._misses if outcome == "miss" else self._coalesced).value += 1


def _unwrap(computed: V | Aged[V], began_at: float) -> tuple[V, float]:
    """The value, and when its computation began."""
    if isinstance(computed, Aged):
        return computed.value, began_at - computed.age_s
    return computed, began_at


def _retrieve(task: asyncio.Task[Any]) -> None:
    # Marks the exception as retrieved: if all callers were cancelled, nobody else does.
    if not task.cancelled():
        task.exception()
