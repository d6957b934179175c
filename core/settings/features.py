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
    """What can be switched off, the sandbox's address, and how long things take."""

    enable_response_caching: bool = _features.setting(
        "ENABLE_RESPONSE_CACHING", True, parse.switch, "Answers are kept in memory for their TTL."
    )
    enable_lazy_commands: bool = _features.setting(
        "ENABLE_LAZY_COMMANDS", True, parse.switch, "A command's code is loaded when it is first used."
    )
    enable_state_watching: bool = _features.setting(
        "ENABLE_STATE_WATCHING", True, parse.switch, "Edits of the state files are taken at once."
    )
    sandbox_port: int = _features.setting(
        "SANDBOX_PORT", 8090, parse.port, "The port of the sandbox's chat page; 0 takes any free one."
    )
    sandbox_hosts: tuple[str, ...] = _features.setting(
        "SANDBOX_HOSTS",
        (),
        parse.listed(parse.host),
        "Names besides localhost under which the sandbox is reached, as from a development container.",
    )
    agent_ttl_s: float = _rhythm.setting(
        "AGENT_TTL",
        900.0,
        parse.duration(1, 30 * 86400),
        "How long an external agent's report holds before it is stale: seconds, or like 15m or 1h30m.",
        attribute="agent_ttl_s",
        written=_in_units,
    )
    ritual_step_s: float = _rhythm.setting(
        "RITUAL_STEP_S", 0.1, parse.number(0, 60, "seconds"), "Seconds a step of a ritual takes."
    )
    shutdown_s: float = _rhythm.setting(
        "SHUTDOWN_S", 5.0, parse.number(0, 300, "seconds"), "Seconds a stop may take, in all."
    )
