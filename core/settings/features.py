"""The settings of the groups Features and Rhythm."""

from __future__ import annotations

from datetime import timedelta

from core.settings import values as parse
from core.settings.data import DataSettings
from core.settings.table import Group
from core.text.durations import format_duration

_features = Group("Features")
_rhythm = Group("Rhythm")


def _in_units(seconds: float) -> str:
    return format_duration(timedelta(seconds=seconds))


class FeatureSettings(DataSettings, frozen=True, kw_only=True):
    """Features that can be switched off, the sandbox's address, and times."""

    enable_response_caching: bool = _features.setting(
        "ENABLE_RESPONSE_CACHING", True, parse.switch, "Whether answers are cached in memory for their TTL."
    )
    enable_lazy_commands: bool = _features.setting(
        "ENABLE_LAZY_COMMANDS", True, parse.switch, "Whether a command's code is loaded at its first use."
    )
    enable_state_watching: bool = _features.setting(
        "ENABLE_STATE_WATCHING", True, parse.switch, "Whether edits of the state files are imported at once."
    )
    sandbox_port: int = _features.setting(
        "SANDBOX_PORT", 8090, parse.port, "The port of the sandbox's chat page; 0 picks a free one."
    )
    sandbox_hosts: tuple[str, ...] = _features.setting(
        "SANDBOX_HOSTS",
        (),
        parse.listed(parse.host),
        "Host names of the sandbox besides localhost, for example in a development container.",
    )
    agent_ttl_s: float = _rhythm.setting(
        "AGENT_TTL",
        900.0,
        parse.duration(1, 30 * 86400),
        "How long an external agent's report is valid: in seconds, or like 15m or 1h30m.",
        attribute="agent_ttl_s",
        written=_in_units,
    )
    ritual_step_s: float = _rhythm.setting(
        "RITUAL_STEP_S", 0.1, parse.number(0, 60, "seconds"), "Duration of a ritual's step in seconds."
    )
    shutdown_s: float = _rhythm.setting(
        "SHUTDOWN_S", 5.0, parse.number(0, 300, "seconds"), "The most seconds that a shutdown may take."
    )
