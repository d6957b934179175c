"""The gauges of the collective for Prometheus, read at each scrape."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from state.models import METRICS
from state.slo import readiness

if TYPE_CHECKING:
    from state.collective import Collective


def register_gauges(collective: Collective) -> None:
    """Registers the gauges; each reads memory, or asks the system for a file's size."""
    kernel, database, manager = collective.kernel, collective.database, collective.manager
    gauge = kernel.metrics.gauge

    def open_alerts() -> dict[tuple[str, ...], float]:
        counts = Counter(alert.severity for alert in collective.alerts.open())
        return {(severity,): float(count) for severity, count in counts.items()}

    def last_good_backup() -> dict[tuple[str, ...], float]:
        finished_at = collective.backups.last_good_at
        return {} if finished_at is None else {(): finished_at.timestamp()}

    def free_bytes() -> dict[tuple[str, ...], float]:
        check = kernel.health.get("disk")
        free = None if check is None else check.counters.get("free_bytes")
        return {} if free is None else {(): float(free)}

    gauge("helix_ready", "1 if store, state and gateway are ready.").function(
        lambda: float(not readiness.missing(kernel.health))
    )
    gauge("helix_state_version", "Version of the shared state.").function(
        lambda: float(manager.snapshot.version)
    )
    gauge("helix_ucf", "The six values of the UCF.", ("metric",)).function(
        lambda: {(name,): float(getattr(manager.snapshot.ucf, name)) for name in METRICS}
    )
    gauge("helix_queue_depth", "Waiting entries, by queue.", ("queue",)).function(
        lambda: {
            ("directives",): float(collective.directives.counts["queued"]),
            ("store",): float(database.stats().waiting),
        }
    )
    gauge("helix_alerts_open", "Alerts that are open, by severity.", ("severity",)).function(open_alerts)
    gauge("helix_store_size_bytes", "The database and its log, in bytes.", ("file",)).function(
        lambda: {
            ("database",): float((stats := database.stats()).size_bytes),
            ("log",): float(stats.wal_bytes),
        }
    )
    gauge("helix_disk_free_bytes", "Free space on the disk of the data folder, in bytes.").function(
        free_bytes
    )
    gauge(
        "helix_backup_last_good_timestamp_seconds", "When the newest good backup was made, in Unix time."
    ).function(last_good_backup)
