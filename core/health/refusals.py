"""What was refused, wherever it was: permissions in chat, tokens over HTTP."""

from __future__ import annotations

import logging
import math
from typing import Final

from core.clock import Clock
from core.health import Reading
from core.health.threshold import Threshold, passes_with
from core.metrics import Registry

logger = logging.getLogger(__name__)

# The warning about a proxy ends when none has been seen for so long.
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
        """Count one; `kind` is from a short fixed list."""
        self._counter.inc(kind)

    def saw_untrusted_proxy(self, peer: str) -> None:
        """Note that this address names clients but is not in TRUSTED_PROXIES; the first one is logged."""
        now = self._monotonic()
        if not self._proxy:
            logger.warning("http.proxy_untrusted peer=%s set=TRUSTED_PROXIES", peer)
        # Several proxies would change the reason at each request, and each new reason counts as a change.
        if now - self._proxy_seen_at > _PROXY_WARNING_S:
            self._proxy = peer
        self._proxy_seen_at = now

    def probe(self) -> Reading:
        """The refusals so far, by kind, which are no fault; a proxy that is not trusted is a warning."""
        reading = Reading(
            counters={labels[0]: count for labels, count in self._counter.items()},
            thresholds=(passes_with("refusals"), _UNTRUSTED_PROXY),
        )
        if self._monotonic() - self._proxy_seen_at > _PROXY_WARNING_S:
            return reading
        return reading.become(
            "warn",
            f"X-Forwarded-For comes from {self._proxy}, which TRUSTED_PROXIES does not name: all clients"
            " behind it count as one, for limits and for the lock-out after wrong tokens",
            "If that is your proxy, add its address to TRUSTED_PROXIES.",
        )
