"""The entries of a cache: by key, bounded by cachetools' LRU, indexed by tag."""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable
from typing import Generic, TypeVar

from cachetools import LRUCache

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Entry(Generic[V]):
    """One stored answer.

    Attributes:
        settled_until: until then it is fresh and its use is noted, so a hit only has to be counted; minus
            infinity once it was dropped.
    """

    __slots__ = ("settled_until", "stored_at", "tags", "value")

    def __init__(self, value: V, stored_at: float, tags: frozenset[str], settled_until: float) -> None:
        self.value = value
        self.stored_at = stored_at
        self.tags = tags
        self.settled_until = settled_until


class TaggedStore(Generic[K, V]):
    """A bounded set of entries.

    Attributes:
        by_key: the same entries in a plain dict, for fast reads; only this class writes it.
    """

    def __init__(self, max_entries: int) -> None:
        self.by_key: dict[K, Entry[V]] = {}
        self._by_tag: dict[str, set[K]] = {}
        self._order: _Order[K, V] = _Order(max_entries, self)

    def put(self, key: K, entry: Entry[V]) -> None:
        """Stores an entry; replaces that of the same key or, at the bound, the least recently used."""
        self.discard(key)
        self._order[key] = None
        self.by_key[key] = entry
        for tag in entry.tags:
            self._by_tag.setdefault(tag, set()).add(key)

    def touch(self, key: K) -> None:
        """Records a use of `key`."""
        self._order[key] = None

    def discard(self, key: K) -> None:
        """Drops `key`, if it is there."""
        if key in self.by_key:
            del self._order[key]

    def drop_tags(self, tags: Collection[str]) -> int:
        """Drops every entry with one of `tags`; returns how many."""
        dropped = 0
        for tag in tags:
            for key in tuple(self._by_tag.get(tag, ())):
                self.discard(key)
                dropped += 1
        return dropped

    def clear(self) -> int:
        """Drops everything; returns how many entries there were."""
        dropped = len(self.by_key)
        for key in tuple(self.by_key):
            self.discard(key)
        return dropped

    def forget(self, key: K) -> None:
        """Called by the LRU order when it has dropped `key`."""
        entry = self.by_key.pop(key)
        entry.settled_until = -math.inf
        for tag in entry.tags:
            keys = self._by_tag[tag]
            keys.discard(key)
            if not keys:
                del self._by_tag[tag]


class _Order(LRUCache[K, None], Generic[K, V]):
    """The order of use; a key that leaves it, by eviction or by hand, also leaves the store."""

    def __init__(self, max_entries: int, store: TaggedStore[K, V]) -> None:
        super().__init__(max_entries)
        self._store = store

    def __delitem__(self, key: K) -> None:
        super().__delitem__(key)
        self._store.forget(key)
