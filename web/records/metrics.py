"""The body of GET /metrics?format=json."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from core.clock import Moment
from core.metrics.exposition import FamilyReport


class Metrics(msgspec.Struct, frozen=True, kw_only=True):
    """Every metric, with a digest of HTTP and caches ahead of it.

    Attributes:
        requests: answered since the start, by route template.
        avg_response_times: the mean by route template, in seconds.
        error_counts: answers with 4xx or 5xx, by route template.
        cache_hit_rate: hits among all look-ups, 0 to 1; null before the first.
        cache_misses: look-ups that memory did not answer.
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
