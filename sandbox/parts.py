"""What the parts of a sandbox share, and their base class."""

from collections.abc import Callable
from typing import NamedTuple

from sandbox.events import EventBus
from sandbox.world import World


class Core(NamedTuple):
    """The records, the event bus, the id source and the clocks of one sandbox.

    Attributes:
        next_id: Returns a new snowflake.
        wall_s: The Unix time in seconds.
        monotonic_s: The monotonic clock, in seconds.
    """

    world: World
    bus: EventBus
    next_id: Callable[[], int]
    wall_s: Callable[[], float]
    monotonic_s: Callable[[], float]


class Part:
    """A part that changes records and publishes events."""

    def __init__(self, core: Core) -> None:
        self._world, self._bus, self._next_id, self._wall_s, self._monotonic_s = core
