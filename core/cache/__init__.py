"""All caches of the process, by name: dropping tags, clearing, statistics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.cache._cache import Cache
from core.cache._records import Aged, Cached, CacheStats, Outcome
from core.cache._store import Entry
from core.clock import Clock
from core.errors import UnknownName
from core.health import Reading
from core.health.threshold import passes_with
from core.metrics import Registry

__all__ = [
    "Aged", "Cache", "CacheRegistry", "CacheStats", "Cached", "Entry", "Outcome", "UnknownCache",
]  # fmt: skip


class UnknownCache(UnknownName):
    """No cache has that name."""

    kind = "cache"


class CacheRegistry:
    """Creates the caches and gives access to all of them.

    Args:
        clock: measures their TTLs.
        metrics: gets the counter `helix_cache_requests_total`.
        enabled: asked by each cache at each use, unless the cache has its own.
    """

    def __init__(
        self, clock: Clock, metrics: Registry, *, enabled: Callable[[], bool] = lambda: True
    ) -> None:
        self._clock = clock
        self._enabled = enabled
        self._requests = metrics.counter(
            "helix_cache_requests_total", "Cache look-ups by result.", ("cache", "result")
        )
        # The caches have different key and value types, which only their creators know.
        self._caches: dict[str, Cache[Any, Any]] = {}

    def create(
        self,
        name: str,
        *,
        owner: str,
        max_entries: int,
        ttl_s: float,
        enabled: Callable[[], bool] | None = None,
        serve_stale: bool = False,
    ) -> Cache[Any, Any]:
        """Creates a cache; annotate the variable that takes it with its key and value types.

        Raises:
            ValueError: the name is taken, or is "all".
        """
        if name in self._caches or name == "all":
            raise ValueError(f"there is a cache called {name!r} already")
        cache: Cache[Any, Any] = Cache(
            name,
            owner=owner,
            max_entries=max_entries,
            ttl_s=ttl_s,
            clock=self._clock,
            enabled=enabled if enabled is not None else self._enabled,
            serve_stale=serve_stale,
            requests=self._requests,
        )
        self._caches[name] = cache
        return cache

    def get(self, name: str) -> Cache[Any, Any]:
        """The cache of that name.

        Raises:
            UnknownCache: there is none; the text suggests the nearest name.
        """
        cache = self._caches.get(name)
        if cache is None:
            raise UnknownCache(name, [*self._caches, "all"])
        return cache

    def drop_tags(self, *tags: str) -> int:
        """Drops all entries that depend on one of `tags`, in every cache; returns how many."""
        return sum(cache.drop_tags(tags) for cache in self._caches.values())

    def clear(self, name: str) -> int:
        """Clears one cache, or every one if `name` is "all"; returns the number of entries dropped.

        Raises:
            UnknownCache: there is no such cache.
        """
        if name == "all":
            return sum(cache.clear() for cache in self._caches.values())
        return self.get(name).clear()

    def stats(self) -> tuple[CacheStats, ...]:
        """The statistics of each cache, sorted by name."""
        return tuple(self._caches[name].stats() for name in sorted(self._caches))

    def look_ups(self) -> tuple[int, int]:
        """Number of hits and of all look-ups, over all caches."""
        stats = self.stats()
        hits = sum(one.hits for one in stats)
        return hits, hits + sum(one.misses + one.coalesced + one.stale for one in stats)

    def probe(self) -> Reading:
        """The reading of the check "caches": on or off, how full all are together, and their counts."""
        stats = self.stats()
        hits, asked = self.look_ups()
        entries = sum(one.size for one in stats)
        bound = sum(one.max_entries for one in stats)
        enabled = self._enabled()
        return Reading(
            status="pass",
            reason="" if enabled else "response caching is switched off",
            observed_value=round(hits / asked, 4) if asked else None,
            observed_unit="hit rate" if asked else None,
            # Not the fullest cache: one for a route with a single answer is full after the first request.
            load=entries / bound if bound else 0.0,
            counters={
                "caches": len(stats),
                "entries": entries,
                "hits": hits,
                "misses": sum(one.misses for one in stats),
                "stale": sum(one.stale for one in stats),
            },
            thresholds=(passes_with("hit rate"),),
        )
