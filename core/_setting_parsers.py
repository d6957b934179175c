"""Which variable becomes which attribute of the settings, and how its text is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from core import _setting_values as parse

# The attribute and the parser of each variable. REDIS_URL and SHARD_* are refused before they are parsed.
PARSERS: Final[Mapping[str, tuple[str, Callable[[str], object]]]] = {
    "DISCORD_TOKEN": ("discord_token", parse.discord_token),
    "DISCORD_API_URL": ("discord_api_url", parse.url("https", "http", versioned=True)),
    "DISCORD_GATEWAY_URL": ("discord_gateway_url", parse.url("wss", "ws")),
    "COMMAND_PREFIX": ("command_prefix", parse.prefix),
    "HOME_GUILD_ID": ("home_guild_id", parse.snowflake),
    "ADMIN_ROLE_ID": ("admin_role_id", parse.snowflake),
    "OWNER_IDS": ("owner_ids", parse.listed(parse.snowflake)),
    "ALERTS_CHANNEL_ID": ("alerts_channel_id", parse.snowflake),
    "TELEMETRY_CHANNEL_ID": ("telemetry_channel_id", parse.snowflake),
    "DIGEST_CHANNEL_ID": ("digest_channel_id", parse.snowflake),
    "DEPLOYMENTS_CHANNEL_ID": ("deployments_channel_id", parse.snowflake),
    "POST_CHANNEL_IDS": ("post_channel_ids", parse.listed(parse.snowflake)),
    "HOST": ("host", parse.host),
    "PORT": ("port", parse.port),
    "PUBLIC_URL": ("public_url", parse.url("https", "http")),
    "TRUSTED_PROXIES": ("trusted_proxies", parse.listed(parse.network)),
    "READ_TOKEN": ("read_token", parse.secret),
    "MAX_BODY": ("max_body", parse.whole(1, 100 * 1024 * 1024, "bytes")),
    "MAX_STREAMS": ("max_streams", parse.whole(0, 100_000, "streams")),
    "MAX_STREAMS_PER_CLIENT": ("max_streams_per_client", parse.whole(1, 100_000, "streams")),
    "MAX_CONNECTIONS": ("max_connections", parse.whole(1, 1_000_000, "connections")),
    "MAX_CONNECTIONS_PER_CLIENT": (
        "max_connections_per_client",
        parse.whole(0, 1_000_000, "connections; 0 means no limit"),
    ),
    "HEAD_TIMEOUT_S": ("head_timeout_s", parse.number(0, 300, "seconds")),
    "BODY_TIMEOUT_S": ("body_timeout_s", parse.number(0, 3600, "seconds")),
    "RATE_LIMIT_PER_MINUTE": (
        "rate_limit_per_minute",
        parse.whole(0, 1_000_000, "requests; 0 means no limit"),
    ),
    "WEBHOOK_RATE_LIMIT_PER_MINUTE": (
        "webhook_rate_limit_per_minute",
        parse.whole(0, 1_000_000, "requests; 0 means no limit"),
    ),
    "ACCESS_LOG": ("access_log", parse.one_of("off", "errors", "all")),
    "HELIX_DATA_DIR": ("data_dir", parse.folder),
    "JOURNAL_DAYS": ("journal_days", parse.whole(1, 36500, "days")),
    "BACKUP_EVERY_H": ("backup_every_h", parse.number(0, 8760, "hours")),
    "BACKUP_KEEP": ("backup_keep", parse.whole(1, 1000, "backups")),
    "WEBHOOK_TOKEN": ("webhook_token", parse.secret),
    "WEBHOOK_SECRET": ("webhook_secret", parse.listed(parse.webhook_key, commas=False)),
    "WEBHOOK_SIGNING_SECRET": ("webhook_signing_secret", parse.webhook_key),
    "GITHUB_WEBHOOK_SECRET": ("github_webhook_secret", parse.passphrase),
    "ZAPIER_WEBHOOK_URL": ("zapier_webhook_url", parse.listed(parse.webhook_url, commas=False)),
    "DISCORD_WEBHOOK_URL": ("discord_webhook_url", parse.webhook_url),
    "ENABLE_RESPONSE_CACHING": ("enable_response_caching", parse.switch),
    "ENABLE_LAZY_COMMANDS": ("enable_lazy_commands", parse.switch),
    "ENABLE_STATE_WATCHING": ("enable_state_watching", parse.switch),
    "SANDBOX_PORT": ("sandbox_port", parse.port),
    "AGENT_TTL": ("agent_ttl_s", parse.duration(1, 30 * 86400)),
    "RITUAL_STEP_S": ("ritual_step_s", parse.number(0, 60, "seconds")),
    "SHUTDOWN_S": ("shutdown_s", parse.number(0, 300, "seconds")),
    "GATEWAY_LATENCY_WARN_MS": ("gateway_latency_warn_ms", parse.whole(1, 60_000, "milliseconds")),
    "LOOP_LAG_WARN_MS": ("loop_lag_warn_ms", parse.whole(1, 60_000, "milliseconds")),
    "LOOP_LAG_FAIL_MS": ("loop_lag_fail_ms", parse.whole(1, 60_000, "milliseconds")),
    "LOOP_RUN_WARN_S": ("loop_run_warn_s", parse.number(0, 86_400, "seconds")),
    "QUEUE_WARN_PERCENT": ("queue_warn_percent", parse.whole(1, 100, "percent")),
    "DISK_FREE_WARN_MB": ("disk_free_warn_mb", parse.whole(1, 10_000_000, "MiB")),
    "DISK_FREE_FAIL_MB": ("disk_free_fail_mb", parse.whole(1, 10_000_000, "MiB")),
    "CLOCK_WARN_S": ("clock_warn_s", parse.number(0, 300, "seconds")),
    "LOG_LEVEL": ("log_level", parse.log_level),
    "LOG_FORMAT": ("log_format", parse.one_of("text", "json")),
}
