"""What was refused, wherever it was: permissions in chat, tokens over HTTP."""

from __future__ import annotations

from core.health import Reading
from core.metrics import Registry
from core.threshold import passes_with


class Refusals:
    """Counts refusals by kind, for the check "access" and for `helix_refusals_total`."""

    def __init__(self, metrics: Registry) -> None:
        self._counter = metrics.counter("helix_refusals_total", "Requests refused, by kind.", ("kind",))

    def count(self, kind: str) -> None:
        """Count one; `kind` is from a short fixed list."""
        self._counter.inc(kind)

    def probe(self) -> Reading:
        """The refusals so far, by kind. To refuse is the shield's work and no fault, so it always passes."""
        return Reading(
            counters={labels[0]: count for labels, count in self._counter.items()},
            thresholds=(passes_with("refusals"),),
        )
