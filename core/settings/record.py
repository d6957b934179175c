"""The record of all settings: those of the other files, those of the log, and what the start finds out."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from core.logs import LogFormat
from core.logs.secret import Secret
from core.settings import values as parse
from core.settings.health import HealthSettings
from core.settings.table import Group

_logs = Group("Logging")


class Settings(HealthSettings, frozen=True, kw_only=True):
    """Every setting under its lower-case name; its row says what it means.

    Attributes:
        port_is_set: whether somebody chose PORT, so that a taken one is an error and not moved.
        given: the variables that were set, in the environment or in the file.
        in_sandbox: whether the token and the addresses are those of the sandbox that this process started.
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
        "LOG_FORMAT", "text", parse.one_of("text", "json"), "text, or json for one JSON object a line."
    )
    port_is_set: bool = False
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


_more = Group("More than one process")
_more.not_built("REDIS_URL", secret=True)
_more.not_built("SHARD_COUNT")
_more.not_built("SHARD_IDS")
