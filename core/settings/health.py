"""The settings of the group Health: the bounds at which checks warn and fail."""

from __future__ import annotations

from core.settings import values as parse
from core.settings.features import FeatureSettings
from core.settings.table import Group

_health = Group("Health")


class HealthSettings(FeatureSettings, frozen=True, kw_only=True):
    """At which numbers a check warns and fails."""

    gateway_latency_warn_ms: int = _health.setting(
        "GATEWAY_LATENCY_WARN_MS",
        1000,
        parse.whole(1, 60_000, "milliseconds"),
        "From a heartbeat to Discord's answer in so many milliseconds, the check gateway warns.",
    )
    loop_lag_warn_ms: int = _health.setting(
        "LOOP_LAG_WARN_MS",
        250,
        parse.whole(1, 60_000, "milliseconds"),
        "So late, the check event-loop warns for a minute.",
    )
    loop_lag_fail_ms: int = _health.setting(
        "LOOP_LAG_FAIL_MS",
        2000,
        parse.whole(1, 60_000, "milliseconds"),
        "So late, it fails; Discord waits 3 s for an answer.",
    )
    loop_run_warn_s: float = _health.setting(
        "LOOP_RUN_WARN_S",
        600.0,
        parse.number(0, 86_400, "seconds"),
        "So long under way, one round of a background loop counts as stuck: the check loops warns.",
    )
    loop_crashes_warn: int = _health.setting(
        "LOOP_CRASHES_WARN",
        0,
        parse.whole(0, 1000, "crashes"),
        "With more than so many crashes of a background loop in a row, the check loops warns.",
    )
    loop_crashes_fail: int = _health.setting(
        "LOOP_CRASHES_FAIL", 2, parse.whole(0, 1000, "crashes"), "With more than so many, it fails."
    )
    queue_warn_percent: int = _health.setting(
        "QUEUE_WARN_PERCENT",
        80,
        parse.whole(1, 100, "percent"),
        "So full, a queue is a warning: inbox, outbox, directives, and what waits to be saved.",
    )
    disk_free_warn_mb: int = _health.setting(
        "DISK_FREE_WARN_MB",
        100,
        parse.whole(1, 10_000_000, "MiB"),
        "With less room than so many MiB on the disk of HELIX_DATA_DIR, the check disk warns.",
    )
    disk_free_fail_mb: int = _health.setting(
        "DISK_FREE_FAIL_MB", 10, parse.whole(1, 10_000_000, "MiB"), "With less than so many MiB, it fails."
    )
    clock_warn_s: float = _health.setting(
        "CLOCK_WARN_S",
        5.0,
        parse.number(0, 300, "seconds"),
        "So many seconds off Discord's clock, or set forward or back by as many, the check clock warns.",
    )
    backup_late_warn_h: float = _health.setting(
        "BACKUP_LATE_WARN_H",
        1.0,
        parse.number(0, 8760, "hours"),
        "With the next backup late by more than so many hours, the check backups warns.",
    )
    alerts_unseen_warn: int = _health.setting(
        "ALERTS_UNSEEN_WARN",
        0,
        parse.whole(0, 10_000, "alerts"),
        "With more than so many open alerts that nobody has acknowledged, the check alerts warns.",
    )
    breakers_open_warn: int = _health.setting(
        "BREAKERS_OPEN_WARN",
        0,
        parse.whole(0, 10_000, "breakers"),
        "With more than so many open circuit breakers, the check breakers warns.",
    )
    cogs_failed_warn: int = _health.setting(
        "COGS_FAILED_WARN",
        0,
        parse.whole(0, 100, "cogs"),
        "With more than so many cogs that cannot be loaded, the check cogs warns.",
    )
    command_errors_warn_percent: int = _health.setting(
        "COMMAND_ERRORS_WARN_PERCENT",
        5,
        parse.whole(0, 100, "percent"),
        "With more than so many of 100 commands failed, and at least 3, the check commands warns.",
    )
    command_errors_fail_percent: int = _health.setting(
        "COMMAND_ERRORS_FAIL_PERCENT",
        50,
        parse.whole(0, 100, "percent"),
        "With more than so many of 100, it fails.",
    )
    command_p95_warn_ms: int = _health.setting(
        "COMMAND_P95_WARN_MS",
        2000,
        parse.whole(1, 60_000, "milliseconds"),
        "With 5 of 100 commands slower than so many milliseconds, the check commands warns.",
    )
    destinations_off_warn: int = _health.setting(
        "DESTINATIONS_OFF_WARN",
        0,
        parse.whole(0, 10_000, "destinations"),
        "With more than so many destinations that are switched off, the check webhooks warns.",
    )
    forecast_error_warn_percent: int = _health.setting(
        "FORECAST_ERROR_WARN_PERCENT",
        10,
        parse.whole(0, 100, "percent"),
        "With forecasts that miss by more than so many hundredths of the range, forecasts warns.",
    )
    http_incidents_warn: int = _health.setting(
        "HTTP_INCIDENTS_WARN",
        0,
        parse.whole(0, 1000, "incidents"),
        "With more than so many requests ended in an incident within a minute, the check http warns.",
    )
    services_down_warn: int = _health.setting(
        "SERVICES_DOWN_WARN",
        0,
        parse.whole(0, 10_000, "services"),
        "With more than so many services down, external-services warns; with all of them it fails.",
    )
