"""`metrics`: read from the registry and the caches."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from bot.arguments.parsing import parse_word
from core.cache import CacheStats
from core.errors import UnknownName
from core.metrics import Counter, Histogram, HistogramSummary, Registry
from core.runtime.kernel import Kernel
from core.runtime.memory import resident_bytes
from state.ports import FAILED_OUTCOMES
from state.slo.objectives import SloReport

Section = Literal["http", "commands", "cache", "webhooks"]
SECTIONS: tuple[Section, ...] = ("http", "commands", "cache", "webhooks")
MOST_ROWS = 10


class UnknownSection(UnknownName):
    """No section has this name."""

    kind = "section"


@dataclass(frozen=True, slots=True)
class Traffic:
    """The answers of one route or command, or of all; times in seconds.

    Attributes:
        failed: 5xx answers, or unexpected errors of a command.
    """

    name: str
    count: int
    failed: int
    p50_s: float | None
    p95_s: float | None
    p99_s: float | None

    @property
    def failed_share(self) -> float | None:
        """The share of failed answers, 0 to 1; None without answers."""
        return self.failed / self.count if self.count else None


@dataclass(frozen=True, slots=True)
class WebhookCounts:
    """Events in and deliveries out since the start.

    Attributes:
        handled: (event, handler) pairs that are done; `given_up` counts the dead ones.
        failed: attempts that will be repeated.
        lag_p95_s: the time from an event to its delivery, in seconds.
    """

    accepted: int
    duplicates: int
    handled: int
    given_up: int
    delivered: int
    failed: int
    dead: int
    lag_p95_s: float | None

    @property
    def delivered_share(self) -> float | None:
        """The delivered share of finished deliveries, 0 to 1; None without any."""
        over = self.delivered + self.dead
        return self.delivered / over if over else None


@dataclass(frozen=True, slots=True)
class MetricsView:
    """The overview, or one section with its busiest rows.

    Attributes:
        section: None for the overview.
        memory_bytes: the process's memory; None if the platform does not report it.
        lag_s: the event loop's lag: last, and worst of the last minute.
    """

    section: Section | None
    http: Traffic
    commands: Traffic
    rows: tuple[Traffic, ...]
    caches: tuple[CacheStats, ...]
    hit_rate: float | None
    memory_bytes: int | None
    lag_s: tuple[float, float]
    slo: SloReport
    webhooks: WebhookCounts


def parse_section(word: str | None) -> Section | None:
    """The section that `word` names, in any letter case; None means the overview.

    Raises:
        UnknownSection: no section has this name; the message suggests the nearest.
    """
    return None if word is None else parse_word(word, SECTIONS, UnknownSection)


def build_metrics(kernel: Kernel, slo: SloReport, section: Section | None) -> MetricsView:
    """The view of `section` with the current counters and objectives."""
    http_rows = _http_rows(kernel.metrics)
    command_rows = _command_rows(kernel.metrics)
    caches = kernel.caches.stats()
    rows = {"http": http_rows, "commands": command_rows}.get(section or "", ())
    return MetricsView(
        section=section,
        http=_all(kernel.metrics, "helix_http_request_duration_seconds", http_rows),
        commands=_all(kernel.metrics, "helix_command_duration_seconds", command_rows),
        rows=rows[:MOST_ROWS],
        caches=caches,
        hit_rate=_hit_rate(caches),
        memory_bytes=resident_bytes(),
        lag_s=(kernel.loop_lag.last_s, kernel.loop_lag.worst_recent_s),
        slo=slo,
        webhooks=_webhooks(kernel.metrics),
    )


def _webhooks(metrics: Registry) -> WebhookCounts:
    events, _ = _counts(metrics, "helix_webhook_events_total", "outcome", lambda _: False)
    attempts, _ = _counts(metrics, "helix_delivery_attempts_total", "outcome", lambda _: False)
    lag = metrics.get("helix_delivery_lag_seconds")
    summary = lag.merged() if isinstance(lag, Histogram) else None
    return WebhookCounts(
        accepted=events["accepted"],
        duplicates=events["duplicate"],
        handled=events["done"],
        given_up=events["dead"],
        delivered=attempts["delivered"],
        failed=attempts["failed"],
        dead=attempts["dead"],
        lag_p95_s=None if summary is None or not summary.count else summary.p95,
    )


def _http_rows(metrics: Registry) -> tuple[Traffic, ...]:
    counts, failed = _counts(
        metrics, "helix_http_requests_total", "route", lambda row: row["status"][:1] == "5"
    )
    return _rows(metrics, "helix_http_request_duration_seconds", "route", counts, failed)


def _command_rows(metrics: Registry) -> tuple[Traffic, ...]:
    counts, failed = _counts(
        metrics, "helix_commands_total", "command", lambda row: row["outcome"] in FAILED_OUTCOMES
    )
    return _rows(metrics, "helix_command_duration_seconds", "command", counts, failed)


def _counts(
    metrics: Registry, name: str, by: str, is_failure: Callable[[Mapping[str, str]], bool]
) -> tuple[Tally[str], Tally[str]]:
    counts: Tally[str] = Tally()
    failed: Tally[str] = Tally()
    counter = metrics.get(name)
    if isinstance(counter, Counter):
        for labels, value in counter.items():
            row = dict(zip(counter.labels, labels, strict=True))
            counts[row[by]] += int(value)
            if is_failure(row):
                failed[row[by]] += int(value)
    return counts, failed


def _rows(
    metrics: Registry, name: str, by: str, counts: Tally[str], failed: Tally[str]
) -> tuple[Traffic, ...]:
    durations = metrics.get(name)
    summaries = (
        {
            dict(zip(durations.labels, labels, strict=True))[by]: summary
            for labels, summary in durations.items()
        }
        if isinstance(durations, Histogram)
        else {}
    )
    return tuple(
        _traffic(row, count, failed[row], summaries.get(row)) for row, count in counts.most_common() if count
    )


def _all(metrics: Registry, name: str, rows: tuple[Traffic, ...]) -> Traffic:
    durations = metrics.get(name)
    merged = durations.merged() if isinstance(durations, Histogram) else None
    return _traffic("all", sum(row.count for row in rows), sum(row.failed for row in rows), merged)


def _traffic(name: str, count: int, failed: int, summary: HistogramSummary | None) -> Traffic:
    if summary is None or not summary.count:
        return Traffic(name, count, failed, None, None, None)
    return Traffic(name, count, failed, summary.p50, summary.p95, summary.p99)


def _hit_rate(caches: tuple[CacheStats, ...]) -> float | None:
    asked = sum(one.hits + one.misses + one.coalesced + one.stale for one in caches)
    return sum(one.hits for one in caches) / asked if asked else None
