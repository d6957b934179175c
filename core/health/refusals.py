"""Counts refusals: permissions in chat, tokens over HTTP."""

from __future__ import annotations

import logging
import math
from typing import Final

from core.clock import Clock
from core.health import Reading
from core.health.threshold import Threshold, passes_with
from core.metrics import Registry

logger = logging.getLogger(__name__)

# The warning about a proxy ends this long after it was last seen.
_PROXY_WARNING_S: Final = 3600.0
_UNTRUSTED_PROXY: Final = Threshold(
    "X-Forwarded-For", "is", "sent by a proxy that is not trusted", None, ("TRUSTED_PROXIES",)
)


class Refusals:
    """Counts refusals by kind, for the check "access" and for `helix_refusals_total`."""

    def __init__(self, metrics: Registry, clock: Clock) -> None:
        self._counter = metrics.counter("helix_refusals_total", "Requests refused, by kind.", ("kind",))
        self._monotonic = clock.monotonic
        self._proxy = ""
        self._proxy_seen_at = -math.inf

    def count(self, kind: str) -> None:
        """Counts one refusal; `kind` is from a short fixed list."""
        self._counter.inc(kind)

    def saw_untrusted_proxy(self, peer: str) -> None:
        """Records a peer that sends X-Forwarded-For but is not in TRUSTED_PROXIES; logs the first."""
        now = self._monotonic()
        if not self._proxy:
            logger.warning("http.proxy_untrusted peer=%s set=TRUSTED_PROXIES", peer)
        # Keep one peer: a reason that changes with each request would count as a change each time.
        if now - self._proxy_seen_at > _PROXY_WARNING_S:
            self._proxy = peer
        self._proxy_seen_at = now

    def probe(self) -> Reading:
        """The refusals so far by kind (no fault); an untrusted proxy is a warning."""
        reading = Reading(
            counters={labels[0]: count for labels, count in self._counter.items()},
            thresholds=(passes_with("refusals"), _UNTRUSTED_PROXY),
        )
        if self._monotonic() - self._proxy_seen_at > _PROXY_WARNING_S:
            return reading
        return reading.become(
            "warn",
            f"X-Forwarded-For comes from {self._proxy}, which is not in TRUSTED_PROXIES: all clients"
            " behind it count as one, for rate limits and for the lock-out after wrong tokens",
            "If that is your proxy, add its address to TRUSTED_PROXIES.",
        )
