"""The settings of the group Health: from where on a check warns, and from where on it fails."""

from __future__ import annotations

from typing import Final

from core.settings._doc_record import SettingDoc

_BOUNDS: Final = (
    (
        "GATEWAY_LATENCY_WARN_MS",
        "1000",
        "From a heartbeat to Discord's answer in so many milliseconds, the check gateway warns.",
    ),
    ("LOOP_LAG_WARN_MS", "250", "So late, the check event-loop warns for a minute."),
    ("LOOP_LAG_FAIL_MS", "2000", "So late, it fails; Discord waits 3 s for an answer."),
    (
        "LOOP_RUN_WARN_S",
        "600",
        "So long under way, one round of a background loop counts as stuck: the check loops warns.",
    ),
    (
        "LOOP_CRASHES_WARN",
        "0",
        "With more than so many crashes of a background loop in a row, the check loops warns.",
    ),
    ("LOOP_CRASHES_FAIL", "2", "With more than so many, it fails."),
    (
        "QUEUE_WARN_PERCENT",
        "80",
        "So full, a queue is a warning: inbox, outbox, directives, and what waits to be saved.",
    ),
    (
        "DISK_FREE_WARN_MB",
        "100",
        "With less room than so many MiB on the disk of HELIX_DATA_DIR, the check disk warns.",
    ),
    ("DISK_FREE_FAIL_MB", "10", "With less than so many MiB, it fails."),
    (
        "CLOCK_WARN_S",
        "5",
        "So many seconds off Discord's clock, or set forward or back by as many, the check clock warns.",
    ),
    (
        "BACKUP_LATE_WARN_H",
        "1",
        "With the next backup late by more than so many hours, the check backups warns.",
    ),
    (
        "ALERTS_UNSEEN_WARN",
        "0",
        "With more than so many open alerts that nobody has acknowledged, the check alerts warns.",
    ),
    (
        "BREAKERS_OPEN_WARN",
        "0",
        "With more than so many open circuit breakers, the check breakers warns.",
    ),
    (
        "COGS_FAILED_WARN",
        "0",
        "With more than so many cogs that cannot be loaded, the check cogs warns.",
    ),
    (
        "COMMAND_ERRORS_WARN_PERCENT",
        "5",
        "With more than so many of 100 commands failed, and at least 3, the check commands warns.",
    ),
    (
        "COMMAND_ERRORS_FAIL_PERCENT",
        "50",
        "With more than so many of 100, it fails.",
    ),
    (
        "COMMAND_P95_WARN_MS",
        "2000",
        "With 5 of 100 commands slower than so many milliseconds, the check commands warns.",
    ),
    (
        "DESTINATIONS_OFF_WARN",
        "0",
        "With more than so many destinations that are switched off, the check webhooks warns.",
    ),
    (
        "FORECAST_ERROR_WARN_PERCENT",
        "10",
        "With forecasts that miss by more than so many hundredths of the range, forecasts warns.",
    ),
    (
        "HTTP_INCIDENTS_WARN",
        "0",
        "With more than so many requests ended in an incident within a minute, the check http warns.",
    ),
    (
        "SERVICES_DOWN_WARN",
        "0",
        "With more than so many services down, external-services warns; with all of them it fails.",
    ),
)

HEALTH_DOCS: Final = tuple(
    SettingDoc(name, default, meaning, secret=False, group="Health") for name, default, meaning in _BOUNDS
)
