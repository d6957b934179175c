"""Loads the settings: typed and validated; all mistakes are reported at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from core.errors import StartError
from core.http.loopback import EVERY_IPV4, is_loopback
from core.logs import LogFormat
from core.logs.secret import Secret
from core.settings import values as parse
from core.settings.all_settings import Settings
from core.settings.env_file import EnvFile, read_env_file
from core.settings.table import TABLE, Row, render_env_example
from core.suggestions import closest

__all__ = [
    "TABLE",
    "LoadedSettings",
    "Row",
    "Secret",
    "Settings",
    "SettingsError",
    "load_settings",
    "render_env_example",
]

# Variables that hosting platforms set in every process they run.
_HOSTING_VARIABLES = (
    "RAILWAY_ENVIRONMENT",
    "RAILWAY_ENVIRONMENT_NAME",
    "RAILWAY_PROJECT_ID",
    "RAILWAY_SERVICE_ID",
    "DYNO",
    "FLY_APP_NAME",
    "KOYEB_APP_NAME",
    "K_SERVICE",
    "RENDER",
    "WEBSITE_SITE_NAME",
)

_PUBLIC_DOMAIN = "RAILWAY_PUBLIC_DOMAIN"
_SHORT_TOKEN = 24
# At most this many characters of a wrong value are shown: enough for a path.
_SHOWN = 200
_FLAG_PREFIX = "ENABLE_"


class LoadedSettings(msgspec.Struct, frozen=True):
    """The settings, and warnings about them."""

    settings: Settings
    warnings: tuple[str, ...]


class SettingsError(StartError):
    """Some settings are wrong.

    Attributes:
        problems: each names the setting, its value unless it is a secret, and what is accepted.
        log_format: the format chosen for the log; "text" if that setting is wrong too.
    """

    def __init__(self, problems: tuple[str, ...], log_format: LogFormat) -> None:
        self.problems = problems
        self.log_format = log_format
        count = "One setting is" if len(problems) == 1 else f"{len(problems)} settings are"
        super().__init__("\n".join([f"{count} wrong:", *(f"  - {problem}" for problem in problems)]))


def load_settings(environ: Mapping[str, str], env_file: Path | None) -> LoadedSettings:
    """Reads the settings from `environ` and, for variables missing there, from the file.

    An empty variable counts as unset, but still hides that of the file.

    Raises:
        SettingsError: with every mistake.
    """
    file = read_env_file(env_file)
    given = {
        name: text.strip()
        for name, text in {**file.values, **environ}.items()
        if name in TABLE and text.strip()
    }
    problems = list(file.problems)
    values = _parse_all(given, problems)
    values["port_is_set"] = "PORT" in given
    values["given"] = frozenset(given)
    if "PUBLIC_URL" not in given and environ.get(_PUBLIC_DOMAIN, "").strip():
        _take_public_domain(environ[_PUBLIC_DOMAIN].strip(), values, problems)
    _decide_host(environ, given, values, problems)
    problems += _failing_before_warning(values)
    warnings = [*file.warnings, *_short_tokens(values), *_unreachable(values)]
    _judge_unknown_names(environ, file, env_file, problems, warnings)
    if problems:
        raise SettingsError(tuple(problems), values.get("log_format", "text"))
    return LoadedSettings(Settings(**values), tuple(warnings))


# `Group.setting` ties each field's type to its parser, so the values have the types of `Settings`.
def _parse_all(given: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, row in TABLE.items():
        if name not in given:
            continue
        if row.parse is None:
            problems.append(f"{name}: must be unset, since Helix runs as one process for now.")
            continue
        try:
            values[row.attribute] = row.parse(given[name])
        except ValueError as error:
            problems.append(f"{name}{_shown(row, given[name])}: must be {error}.")
    return values


def _shown(row: Row, text: str) -> str:
    # A URL with a user name may contain a password, whatever the setting.
    if row.secret or "@" in text:
        return ""
    return f"={text[:_SHOWN]!r}{'…' if len(text) > _SHOWN else ''}"


def _take_public_domain(domain: str, values: dict[str, Any], problems: list[str]) -> None:
    try:
        values["public_url"] = f"https://{parse.host(domain)}"
    except ValueError:
        problems.append(f"{_PUBLIC_DOMAIN}={domain[:60]!r}: must be a host name. Or set PUBLIC_URL.")


def _decide_host(
    environ: Mapping[str, str], given: Mapping[str, str], values: dict[str, Any], problems: list[str]
) -> None:
    has_token = "DISCORD_TOKEN" in given
    if "HOST" not in given and has_token and environ.get("PORT", "").strip():
        # Hosting platforms set PORT and connect from outside.
        values["host"] = EVERY_IPV4
    if has_token:
        return
    platform = next((name for name in _HOSTING_VARIABLES if environ.get(name, "").strip()), None)
    if platform is not None:
        problems.append(
            f"DISCORD_TOKEN: it is not set, and {platform} shows that this is a hosting platform, where the"
            " sandbox does not run. Set the bot's token (Discord's Developer Portal, Bot, Reset Token)."
        )
    host = values.get("host", "127.0.0.1")
    if not is_loopback(host):
        problems.append(
            f"DISCORD_TOKEN: it is not set, and the sandbox listens only on this machine, not on"
            f" HOST={host!r}. Set the bot's token, or leave HOST unset."
        )


def _failing_before_warning(values: Mapping[str, Any]) -> list[str]:
    """Checks whose bounds would make them fail before they warn, including default bounds."""
    now = {field.name: field.default for field in msgspec.structs.fields(Settings)} | dict(values)
    problems = []
    for warn, fail, side in (
        ("LOOP_LAG_WARN_MS", "LOOP_LAG_FAIL_MS", "at most"),
        ("LOOP_CRASHES_WARN", "LOOP_CRASHES_FAIL", "at most"),
        ("COMMAND_ERRORS_WARN_PERCENT", "COMMAND_ERRORS_FAIL_PERCENT", "at most"),
        ("DISK_FREE_WARN_MB", "DISK_FREE_FAIL_MB", "at least"),
    ):
        first, then = now[warn.lower()], now[fail.lower()]
        if first > then if side == "at most" else first < then:
            problems.append(f"{warn}={first}: must be {side} {then}, the value of {fail}.")
    return problems


def _short_tokens(values: Mapping[str, Any]) -> list[str]:
    return [
        f"{name.upper()}: it has fewer than {_SHORT_TOKEN} characters and could be guessed. Use a longer one."
        for name in ("read_token", "webhook_token", "github_webhook_secret")
        if name in values and len(values[name].reveal()) < _SHORT_TOKEN
    ]


def _unreachable(values: Mapping[str, Any]) -> list[str]:
    """Warnings about destinations on this machine, which only the sandbox may send to."""
    if "discord_token" not in values:
        return []
    found = {
        "ZAPIER_WEBHOOK_URL": values.get("zapier_webhook_url", ()),
        "DISCORD_WEBHOOK_URL": (values["discord_webhook_url"],) if "discord_webhook_url" in values else (),
    }
    return [
        f"{name}: it points to this machine, so nothing is sent to it outside the sandbox."
        for name, urls in found.items()
        if any(parse.is_forbidden_outside(url) for url in urls)
    ]


def _judge_unknown_names(
    environ: Mapping[str, str], file: EnvFile, path: Path | None, problems: list[str], warnings: list[str]
) -> None:
    flags = sorted(name for name in TABLE if name.startswith(_FLAG_PREFIX))
    where = path.name if path is not None else ""
    for name in sorted(file.values):
        if name in TABLE:
            continue
        if name.startswith(_FLAG_PREFIX):
            problems.append(f"{name[:60]} in {where}: there is no such flag. {_hint(name, flags)}")
        elif (near := closest(name, TABLE)) is not None:
            warnings.append(f"{name[:60]} in {where}: there is no such setting. Did you mean {near}?")
    # Other programs share the process environment and may have variables with this prefix.
    warnings += (
        f"{name[:60]} in the environment: Helix has no such flag. {_hint(name, flags)}"
        for name in sorted(environ)
        if name.startswith(_FLAG_PREFIX) and name not in TABLE
    )


def _hint(name: str, flags: list[str]) -> str:
    near = closest(name, flags)
    return f"Did you mean {near}?" if near is not None else f"The flags are {', '.join(flags)}."
