"""The answers of a cache, and its statistics."""

from __future__ import annotations

from typing import Generic, Literal, TypeVar

import msgspec

V = TypeVar("V")

Outcome = Literal["hit", "miss", "coalesced", "stale", "off"]


class Cached(msgspec.Struct, Generic[V], frozen=True, gc=False):
    """An answer and its origin.

    Attributes:
        age_s: seconds since its computation began.
        outcome: "hit": from memory; "miss": computed for this caller; "coalesced": computed for another
            caller meanwhile; "stale": past its TTL, since a new computation failed; "off": the cache is
            switched off.
        stored_at: when its computation began, on the monotonic clock.
        dropped: a tag of it was dropped during the computation, so it was not stored: it was valid at the
            request, but may not be any more.
    """

    value: V
    age_s: float
    outcome: Outcome
    stored_at: float
    dropped: bool = False


class Aged(msgspec.Struct, Generic[V], frozen=True, gc=False):
    """A value whose computation began `age_s` seconds ago, maybe elsewhere; it is kept that much shorter."""

    value: V
    age_s: float


class CacheStats(msgspec.Struct, frozen=True):
    """Size and counts of one cache; `hit_rate` is None before the first use, ages are in seconds."""

    name: str
    owner: str
    size: int
    max_entries: int
    ttl_s: float
    hits: int
    misses: int
    coalesced: int
    stale: int
    hit_rate: float | None
    oldest_age_s: float | None
