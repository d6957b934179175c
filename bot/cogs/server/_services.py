"""Which channels of the home server will serve alerts, telemetry, digest and deployments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.cogs.server._layout import SERVES
from bot.cogs.server._plan import Spot
from bot.parts.duties import Duty


@dataclass(frozen=True, slots=True)
class Services:
    """What the layout's channels serve.

    Attributes:
        chosen: the channel's id for each duty.
        decided: duties whose channel a setting names.
        missing: the name of the channel that does not exist yet.
    """

    chosen: Mapping[Duty, int] = field(default_factory=dict)
    decided: tuple[Duty, ...] = ()
    missing: Mapping[Duty, str] = field(default_factory=dict)


def find_services(channels: Mapping[Spot, int], is_set: Callable[[Duty], bool]) -> Services:
    """The services of a home server with these channels of the layout."""
    open_ones = {duty: spot for duty, spot in SERVES.items() if not is_set(duty)}
    return Services(
        chosen={duty: channels[spot] for duty, spot in open_ones.items() if spot in channels},
        decided=tuple(duty for duty in SERVES if is_set(duty)),
        missing={duty: spot[1] for duty, spot in open_ones.items() if spot not in channels},
    )
