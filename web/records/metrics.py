"""The body of GET /metrics?format=json."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from core.clock import Moment
from core.metrics.exposition import FamilyReport


class Metrics(msgspec.Struct, frozen=True, kw_only=True):
    """All metrics, preceded by a summary of HTTP and caches.

    Attributes:
        requests: number of requests since startup, by route template.
        avg_response_times: mean response time in seconds, by route template.
        error_counts: responses with 4xx or 5xx, by route template.
        cache_hit_rate: hits of all lookups, 0 to 1; null before the first lookup.
        cache_misses: lookups that were not answered from memory.
        metrics: by name.
    """

    started_at: Moment
    requests: Mapping[str, int]
    avg_response_times: Mapping[str, float]
    avg_response_times_unit: Literal["seconds"]
    error_counts: Mapping[str, int]
    cache_hit_rate: float | None
    cache_hits: int
    cache_misses: int
    metrics: Mapping[str, FamilyReport]
