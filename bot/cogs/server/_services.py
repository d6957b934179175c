"""The home server's channels for alerts, telemetry, digest and deployments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.cogs.server._layout import SERVES
from bot.cogs.server._plan import Spot
from bot.parts.duties import Duty


@dataclass(frozen=True, slots=True)
class Services:
    """The purposes (duties) of the layout's channels.

    Attributes:
        chosen: the channel id for each duty.
        decided: duties whose channel a setting names.
        missing: duties whose channel does not exist yet, with its name.
    """

    chosen: Mapping[Duty, int] = field(default_factory=dict)
    decided: tuple[Duty, ...] = ()
    missing: Mapping[Duty, str] = field(default_factory=dict)


def find_services(channels: Mapping[Spot, int], is_set: Callable[[Duty], bool]) -> Services:
    """The duties in a home server with these channels."""
    open_ones = {duty: spot for duty, spot in SERVES.items() if not is_set(duty)}
    return Services(
        chosen={duty: channels[spot] for duty, spot in open_ones.items() if spot in channels},
        decided=tuple(duty for duty in SERVES if is_set(duty)),
        missing={duty: spot[1] for duty, spot in open_ones.items() if spot not in channels},
    )
