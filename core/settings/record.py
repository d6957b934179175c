"""The record of all settings, each under its lower-case name."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from core.logs import LogFormat
from core.logs.secret import Secret


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Every setting under its lower-case name; `core/settings/doc.py` says what each means.

    Attributes:
        port_is_set: whether somebody chose PORT, so that a taken one is an error and not moved.
        given: the variables that were set, in the environment or in the file.
        in_sandbox: whether the token and the addresses are those of the sandbox that this process started.
    """

    discord_token: Secret | None = None
    discord_api_url: str = "https://discord.com/api/v10"
    discord_gateway_url: str | None = None
    command_prefix: str = "!"
    home_guild_id: int | None = None
    admin_role_id: int | None = None
    owner_ids: tuple[int, ...] = ()
    alerts_channel_id: int | None = None
    telemetry_channel_id: int | None = None
    digest_channel_id: int | None = None
    deployments_channel_id: int | None = None
    post_channel_ids: tuple[int, ...] = ()
    host: str = "127.0.0.1"
    port: int = 8080
    port_is_set: bool = False
    public_url: str | None = None
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    read_token: Secret | None = None
    max_body: int = 1024 * 1024
    max_streams: int = 10_000
    max_streams_per_client: int = 100
    max_connections: int = 800
    max_connections_per_client: int = 200
    head_timeout_s: float = 10.0
    body_timeout_s: float = 30.0
    rate_limit_per_minute: int = 600
    webhook_rate_limit_per_minute: int = 12_000
    access_log: Literal["off", "errors", "all"] = "errors"
    data_dir: Path = Path("data")
    journal_days: int = 365
    backup_every_h: float = 24.0
    backup_keep: int = 7
    webhook_token: Secret | None = None
    webhook_secret: tuple[Secret, ...] = ()
    webhook_signing_secret: Secret | None = None
    github_webhook_secret: Secret | None = None
    zapier_webhook_url: tuple[Secret, ...] = ()
    discord_webhook_url: Secret | None = None
    enable_response_caching: bool = True
    enable_lazy_commands: bool = True
    enable_state_watching: bool = True
    sandbox_port: int = 8090
    sandbox_hosts: tuple[str, ...] = ()
    agent_ttl_s: float = 900.0
    ritual_step_s: float = 0.1
    shutdown_s: float = 5.0
    gateway_latency_warn_ms: int = 1000
    loop_lag_warn_ms: int = 250
    loop_lag_fail_ms: int = 2000
    loop_run_warn_s: float = 600.0
    loop_crashes_warn: int = 0
    loop_crashes_fail: int = 2
    queue_warn_percent: int = 80
    disk_free_warn_mb: int = 100
    disk_free_fail_mb: int = 10
    clock_warn_s: float = 5.0
    backup_late_warn_h: float = 1.0
    alerts_unseen_warn: int = 0
    breakers_open_warn: int = 0
    cogs_failed_warn: int = 0
    command_errors_warn_percent: int = 5
    command_errors_fail_percent: int = 50
    command_p95_warn_ms: int = 2000
    destinations_off_warn: int = 0
    forecast_error_warn_percent: int = 10
    http_incidents_warn: int = 0
    services_down_warn: int = 0
    log_level: str = "INFO"
    log_format: LogFormat = "text"
    redis_url: Secret | None = None
    shard_count: int | None = None
    shard_ids: tuple[int, ...] = ()
    given: frozenset[str] = frozenset()
    in_sandbox: bool = False

    @property
    def sandbox(self) -> bool:
        """Whether no token was given, so that the sandbox stands in for Discord."""
        return self.in_sandbox or not self.discord_token

    @property
    def authority(self) -> str:
        """HOST and PORT as they stand in an address."""
        return f"{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    @property
    def base_url(self) -> str:
        """What full links start with, without a slash at the end."""
        if self.public_url:
            return self.public_url
        # Nobody can open an address that means "all of them"; "::" means those of IPv4 as well.
        every = self.host in {"0.0.0.0", "::"}  # noqa: S104 - replaced here
        return f"http://{f'127.0.0.1:{self.port}' if every else self.authority}"

    @property
    def public_path(self) -> str:
        """The path of PUBLIC_URL, below which everything is found as well; empty where it has none."""
        return urlsplit(self.public_url).path if self.public_url else ""

    def secrets(self) -> tuple[Secret, ...]:
        """Every secret that is set, for masking."""
        found: list[Secret] = []
        for name in self.__struct_fields__:
            value = getattr(self, name)
            found += (
                one for one in (value if isinstance(value, tuple) else (value,)) if isinstance(one, Secret)
            )
        return tuple(found)
