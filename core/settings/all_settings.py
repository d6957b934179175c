"""The record of all settings: those of the other files, those of the log, and values found at start."""

from __future__ import annotations

from pathlib import Path
from socket import gethostname
from typing import Literal
from urllib.parse import urlsplit

from core.http.loopback import EVERY_IPV4
from core.logs import LogFormat
from core.logs.secret import Secret
from core.settings import values as parse
from core.settings.health import HealthSettings
from core.settings.redis_url import redis_url
from core.settings.table import Group

_logs = Group("Logging")
_more = Group("More than one process")


class Settings(HealthSettings, frozen=True, kw_only=True):
    """All settings by lower-case name; the rows of the table say what they mean.

    Attributes:
        port_is_set: whether PORT was set; if it is taken, the start then fails instead of using another.
        given: the variables that were set, in the environment or in the file.
        in_sandbox: whether token and URLs are those of the sandbox that this process started.
    """

    log_level: str = _logs.setting(
        "LOG_LEVEL", "INFO", parse.log_level, "DEBUG, INFO, WARNING, ERROR or CRITICAL."
    )
    access_log: Literal["off", "errors", "all"] = _logs.setting(
        "ACCESS_LOG",
        "errors",
        parse.one_of("off", "errors", "all"),
        "Which HTTP requests are logged: off, errors (5xx and refused clients), or all.",
    )
    log_format: LogFormat = _logs.setting(
        "LOG_FORMAT", "text", parse.one_of("text", "json"), "text, or json for one JSON object per line."
    )
    database_url: Secret | None = _more.setting(
        "DATABASE_URL",
        None,
        parse.database_url,
        "The PostgreSQL database to use, like postgresql://user:password@host:5432/database. Unset: SQLite in"
        " HELIX_DATA_DIR.",
        secret=True,
    )
    helix_node: str = _more.setting(
        "HELIX_NODE", "", parse.node_name, "The name of this process. Unset: the name of the machine."
    )
    redis_url: Secret | None = _more.setting(
        "REDIS_URL",
        None,
        redis_url,
        "A Redis server that keeps pictures and results for several processes, like"
        " redis://:password@host:6379/0. Unset: each process keeps its own.",
        secret=True,
    )
    port_is_set: bool = False
    given: frozenset[str] = frozenset()
    in_sandbox: bool = False

    @property
    def sandbox(self) -> bool:
        """Whether no token was given, so that the sandbox stands in for Discord."""
        return self.in_sandbox or not self.discord_token

    @property
    def database_path(self) -> Path:
        """The SQLite file of the data folder."""
        return self.data_dir / "helix.db"

    @property
    def node(self) -> str:
        """The name of this process among several."""
        return self.helix_node or gethostname()

    @property
    def authority(self) -> str:
        """HOST:PORT as part of a URL."""
        return f"{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    @property
    def base_url(self) -> str:
        """The start of full links, without a slash at the end."""
        if self.public_url:
            return self.public_url
        # Addresses that mean "all" cannot be opened; "::" includes IPv4.
        every = self.host in {EVERY_IPV4, "::"}
        return f"http://{f'127.0.0.1:{self.port}' if every else self.authority}"

    @property
    def public_path(self) -> str:
        """The path of PUBLIC_URL, under which everything is served too; empty if it has none."""
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


_more.not_built("SHARD_COUNT")
_more.not_built("SHARD_IDS")
