"""The settings of the group Health: the bounds at which checks warn and fail."""

from __future__ import annotations

from core.settings import values as parse
from core.settings.features import FeatureSettings
from core.settings.table import Group

_health = Group("Health")


class HealthSettings(FeatureSettings, frozen=True, kw_only=True):
    """The bounds at which checks warn and fail."""

    gateway_latency_warn_ms: int = _health.setting(
        "GATEWAY_LATENCY_WARN_MS",
        1000,
        parse.whole(1, 60_000, "milliseconds"),
        "Milliseconds from a heartbeat to Discord's answer above which the check gateway warns.",
    )
    loop_lag_warn_ms: int = _health.setting(
        "LOOP_LAG_WARN_MS",
        250,
        parse.whole(1, 60_000, "milliseconds"),
        "Event loop lag in milliseconds above which the check event-loop warns, for a minute.",
    )
    loop_lag_fail_ms: int = _health.setting(
        "LOOP_LAG_FAIL_MS",
        2000,
        parse.whole(1, 60_000, "milliseconds"),
        "Event loop lag in milliseconds above which the check event-loop fails; Discord waits 3 s.",
    )
    loop_run_warn_s: float = _health.setting(
        "LOOP_RUN_WARN_S",
        600.0,
        parse.number(0, 86_400, "seconds"),
        "Seconds after which a round of a background loop counts as stuck, and the check loops warns.",
    )
    loop_crashes_warn: int = _health.setting(
        "LOOP_CRASHES_WARN",
        0,
        parse.whole(0, 1000, "crashes"),
        "Crashes in a row of a background loop above which the check loops warns.",
    )
    loop_crashes_fail: int = _health.setting(
        "LOOP_CRASHES_FAIL",
        2,
        parse.whole(0, 1000, "crashes"),
        "Crashes in a row of a background loop above which the check loops fails.",
    )
    queue_warn_percent: int = _health.setting(
        "QUEUE_WARN_PERCENT",
        80,
        parse.whole(1, 100, "percent"),
        "Percentage above which a full queue is a warning: inbox, outbox, directives, and the store.",
    )
    disk_free_warn_mb: int = _health.setting(
        "DISK_FREE_WARN_MB",
        100,
        parse.whole(1, 10_000_000, "MiB"),
        "Free MiB on the disk of HELIX_DATA_DIR below which the check disk warns.",
    )
    disk_free_fail_mb: int = _health.setting(
        "DISK_FREE_FAIL_MB",
        10,
        parse.whole(1, 10_000_000, "MiB"),
        "Free MiB on the disk of HELIX_DATA_DIR below which the check disk fails.",
    )
    clock_warn_s: float = _health.setting(
        "CLOCK_WARN_S",
        5.0,
        parse.number(0, 300, "seconds"),
        "Seconds above which the check clock warns: off Discord's clock, or set forward or back.",
    )
    backup_late_warn_h: float = _health.setting(
        "BACKUP_LATE_WARN_H",
        1.0,
        parse.number(0, 8760, "hours"),
        "Hours by which the next backup may be late before the check backups warns.",
    )
    alerts_unseen_warn: int = _health.setting(
        "ALERTS_UNSEEN_WARN",
        0,
        parse.whole(0, 10_000, "alerts"),
        "Open alerts without acknowledgement above which the check alerts warns.",
    )
    breakers_open_warn: int = _health.setting(
        "BREAKERS_OPEN_WARN",
        0,
        parse.whole(0, 10_000, "breakers"),
        "Open circuit breakers above which the check breakers warns.",
    )
    cogs_failed_warn: int = _health.setting(
        "COGS_FAILED_WARN",
        0,
        parse.whole(0, 100, "cogs"),
        "Cogs that cannot be loaded above which the check cogs warns.",
    )
    command_errors_warn_percent: int = _health.setting(
        "COMMAND_ERRORS_WARN_PERCENT",
        5,
        parse.whole(0, 100, "percent"),
        "Percentage of failed commands above which the check commands warns, from 3 failures on.",
    )
    command_errors_fail_percent: int = _health.setting(
        "COMMAND_ERRORS_FAIL_PERCENT",
        50,
        parse.whole(0, 100, "percent"),
        "Percentage of failed commands above which the check commands fails.",
    )
    command_p95_warn_ms: int = _health.setting(
        "COMMAND_P95_WARN_MS",
        2000,
        parse.whole(1, 60_000, "milliseconds"),
        "The p95 of command durations in milliseconds above which the check commands warns.",
    )
    destinations_off_warn: int = _health.setting(
        "DESTINATIONS_OFF_WARN",
        0,
        parse.whole(0, 10_000, "destinations"),
        "Disabled destinations above which the check webhooks warns.",
    )
    forecast_error_warn_percent: int = _health.setting(
        "FORECAST_ERROR_WARN_PERCENT",
        10,
        parse.whole(0, 100, "percent"),
        "Mean forecast error in percent of the range above which the check forecasts warns.",
    )
    http_incidents_warn: int = _health.setting(
        "HTTP_INCIDENTS_WARN",
        0,
        parse.whole(0, 1000, "incidents"),
        "Requests per minute that end in an incident above which the check http warns.",
    )
    services_down_warn: int = _health.setting(
        "SERVICES_DOWN_WARN",
        0,
        parse.whole(0, 10_000, "services"),
        "Services down above which the check external-services warns; if all are down, it fails.",
    )
