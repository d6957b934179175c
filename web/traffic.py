"""Counts requests, their durations and failures."""

from __future__ import annotations

from collections import deque
from typing import Final, final

from aiohttp import web

from core.clock import Clock
from core.health import CounterValue, Reading
from core.health.threshold import Threshold, fails_when
from core.metrics import CounterCell, HistogramCell, HistogramSummary, Registry

UNMATCHED: Final = "unmatched"
KNOWN_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# Buckets from 50 µs, because most responses come from memory; the upper ones surround the 200 ms objective.
_BUCKETS_S: Final = (
    0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 5.0,
)  # fmt: skip
# Enough for every combination of route, method and status.
_MOST_LABEL_SETS: Final = 1_000
_TARGET_P95_S: Final = 0.2
_INCIDENT_IS_NEWS_S: Final = 60.0
# At most this many incidents are counted in a minute.
_MOST_INCIDENTS: Final = 1_000
_LOOK: Final = "Look for the incident in the log."


@final
class Lane:
    """The counters of one route, method and status, looked up before the hot path."""

    __slots__ = ("count", "observe")

    def __init__(self, count: CounterCell, duration: HistogramCell) -> None:
        self.count = count
        self.observe = duration.observe

    def record(self, seconds: float) -> None:
        """Count one response that took `seconds`."""
        self.count.value += 1
        self.observe(seconds)


class Traffic:
    """Request counters and durations by route template, method and status.

    Args:
        metrics: where the metrics are registered.
        clock: measures the minute for incidents.
        incidents_warn: the check warns above this number of incidents in a minute.
    """

    def __init__(self, metrics: Registry, clock: Clock, *, incidents_warn: int = 0) -> None:
        self._clock = clock
        self._requests = metrics.counter(
            "helix_http_requests_total",
            "HTTP requests answered.",
            ("route", "method", "status"),
            max_label_sets=_MOST_LABEL_SETS,
        )
        self._durations = metrics.histogram(
            "helix_http_request_duration_seconds",
            "Time from a parsed request to its answer.",
            ("route",),
            _BUCKETS_S,
        )
        self._lanes: dict[tuple[str, str, int], Lane] = {}
        self._incidents: deque[float] = deque(maxlen=max(_MOST_INCIDENTS, incidents_warn + 1))
        self._incident_id = ""
        self._bound = Threshold("incidents", "above", incidents_warn, None, ("HTTP_INCIDENTS_WARN",))
        self._thresholds = (self._bound, fails_when("the server", "not listening"))

    def lane(self, route: str, method: str, status: int) -> Lane:
        """The counters of such responses; unusual methods share one label."""
        key = (route, method if method in KNOWN_METHODS else "other", status)
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = Lane(
                self._requests.bind(key[0], key[1], str(status)), self._durations.bind(route)
            )
        return lane

    def saw_incident(self, incident_id: str) -> None:
        """Record an unexpected error, which the health check shows for a minute."""
        self._incidents.append(self._clock.monotonic())
        self._incident_id = incident_id

    def by_route(self) -> tuple[dict[str, int], dict[str, int]]:
        """Requests, and those answered with 4xx or 5xx, by route template."""
        requests: dict[str, int] = {}
        errors: dict[str, int] = {}
        for (route, _, status), count in self._requests.items():
            requests[route] = requests.get(route, 0) + int(count)
            if status[:1] in "45":
                errors[route] = errors.get(route, 0) + int(count)
        return requests, errors

    def mean_durations_s(self) -> dict[str, float]:
        """Mean response time by route template, in seconds."""
        return {labels[0]: summary.sum / summary.count for labels, summary in self._durations.items()}

    def totals(self) -> tuple[int, int, HistogramSummary]:
        """Number of requests, number of 5xx responses, and their durations."""
        requests = errors = 0
        for (_, _, status), count in self._requests.items():
            requests += int(count)
            errors += int(count) if status.startswith("5") else 0
        return requests, errors, self._durations.merged()

    def reading(self, connections: int) -> Reading:
        """The reading of the health check "http"."""
        summary = self._durations.merged()
        answered = [(labels[2], int(count)) for labels, count in self._requests.items()]
        now = self._clock.monotonic()
        incidents = sum(now - at < _INCIDENT_IS_NEWS_S for at in self._incidents)
        counters: dict[str, CounterValue] = {
            "requests": sum(count for _, count in answered),
            "client_errors": sum(count for status, count in answered if status.startswith("4")),
            "errors": sum(count for status, count in answered if status.startswith("5")),
            "incidents": incidents,
            "connections": connections,
        }
        p95_ms = None if summary.p95 is None else round(summary.p95 * 1000, 3)
        load = None if summary.p95 is None else min(1.0, summary.p95 / _TARGET_P95_S)
        reading = Reading(
            observed_value=p95_ms,
            observed_unit=None if p95_ms is None else "ms (p95)",
            load=load,
            counters=counters,
            thresholds=self._thresholds,
        )
        if not incidents:
            return reading
        reason = f"a request ended in incident {self._incident_id}"
        return reading.become(self._bound.judge(incidents), reason, _LOOK)

    def not_listening(self) -> Reading:
        """The reading of the check "http" while the server does not listen."""
        reading = Reading(thresholds=self._thresholds)
        return reading.become("fail", "not listening", "Start Helix again.")


TRAFFIC = web.AppKey("traffic", Traffic)
