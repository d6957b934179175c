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
        "The check gateway warns if Discord answers a heartbeat later than this many milliseconds.",
    )
    loop_lag_warn_ms: int = _health.setting(
        "LOOP_LAG_WARN_MS",
        250,
        parse.whole(1, 60_000, "milliseconds"),
        "The check event-loop warns if the event loop lagged more than this many ms in the last minute.",
    )
    loop_lag_fail_ms: int = _health.setting(
        "LOOP_LAG_FAIL_MS",
        2000,
        parse.whole(1, 60_000, "milliseconds"),
        "The check event-loop fails if it lagged more than this many milliseconds; Discord waits 3 s.",
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
        "The check loops warns if a background loop crashed more than this many times in a row.",
    )
    loop_crashes_fail: int = _health.setting(
        "LOOP_CRASHES_FAIL",
        2,
        parse.whole(0, 1000, "crashes"),
        "The check loops fails if a background loop crashed more than this many times in a row.",
    )
    queue_warn_percent: int = _health.setting(
        "QUEUE_WARN_PERCENT",
        80,
        parse.whole(1, 100, "percent"),
        "A queue fuller than this percentage is a warning: inbox, outbox, directives, and the store.",
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
        "The check clock warns if the clock is off Discord's, or was set, by more than this many seconds.",
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
        "The check alerts warns if more than this many open alerts are not acknowledged.",
    )
    breakers_open_warn: int = _health.setting(
        "BREAKERS_OPEN_WARN",
        0,
        parse.whole(0, 10_000, "breakers"),
        "The check breakers warns if more than this many circuit breakers are open.",
    )
    cogs_failed_warn: int = _health.setting(
        "COGS_FAILED_WARN",
        0,
        parse.whole(0, 100, "cogs"),
        "The check cogs warns if more than this many cogs cannot be loaded.",
    )
    command_errors_warn_percent: int = _health.setting(
        "COMMAND_ERRORS_WARN_PERCENT",
        5,
        parse.whole(0, 100, "percent"),
        "The check commands warns if more than this percentage of commands failed, from 3 failures on.",
    )
    command_errors_fail_percent: int = _health.setting(
        "COMMAND_ERRORS_FAIL_PERCENT",
        50,
        parse.whole(0, 100, "percent"),
        "The check commands fails if more than this percentage of commands failed.",
    )
    command_p95_warn_ms: int = _health.setting(
        "COMMAND_P95_WARN_MS",
        2000,
        parse.whole(1, 60_000, "milliseconds"),
        "The check commands warns if the p95 of command durations exceeds this many milliseconds.",
    )
    destinations_off_warn: int = _health.setting(
        "DESTINATIONS_OFF_WARN",
        0,
        parse.whole(0, 10_000, "destinations"),
        "The check webhooks warns if more than this many destinations are disabled.",
    )
    forecast_error_warn_percent: int = _health.setting(
        "FORECAST_ERROR_WARN_PERCENT",
        10,
        parse.whole(0, 100, "percent"),
        "The check forecasts warns if the mean error exceeds this percentage of the range.",
    )
    http_incidents_warn: int = _health.setting(
        "HTTP_INCIDENTS_WARN",
        0,
        parse.whole(0, 1000, "incidents"),
        "The check http warns if more than this many requests per minute end in an incident.",
    )
    services_down_warn: int = _health.setting(
        "SERVICES_DOWN_WARN",
        0,
        parse.whole(0, 10_000, "services"),
        "The check external-services warns if more services than this are down; it fails if all are.",
    )
