"""What `setup` would create: the layout, less what is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.cogs.server._layout import LAYOUT
from bot.servers.places import Place
from core.errors import HelixError

# A category and a channel in it, as the layout names them.
Spot = tuple[str, str]

DRY_RUN = "dry-run"


class WrongMode(HelixError):
    """`setup` can be told only one thing."""


class MayNotCreate(HelixError):
    """The bot lacks the permission that creating takes."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What of the layout is missing, and where the rest stands.

    Attributes:
        categories: the id of each category that is there; of several alike the oldest.
        channels: the id of each channel that is there, in the category where it belongs.
        new_categories: what is missing of the one.
        new_channels: what is missing of the other, in the layout's order.
    """

    categories: Mapping[str, int]
    channels: Mapping[Spot, int]
    new_categories: tuple[str, ...]
    new_channels: tuple[Spot, ...]

    @property
    def size(self) -> int:
        """How many things there are to create."""
        return len(self.new_categories) + len(self.new_channels)


def parse_mode(mode: str | None) -> bool:
    """Whether it is a dry run.

    Raises:
        WrongMode: it is something else.
    """
    if mode is None:
        return False
    if mode.strip().casefold().replace(" ", "-") in {DRY_RUN, "dry", f"--{DRY_RUN}"}:
        return True
    raise WrongMode(f"`{DRY_RUN}` shows what is missing; without it I ask, and create it.")


def check_right(wanted: Plan, *, may_create: bool) -> None:
    """Nothing, when the bot may do what there is to do.

    Raises:
        MayNotCreate: says what it takes.
    """
    if wanted.size and not may_create:
        raise MayNotCreate(
            "I lack Manage Channels here, so I cannot create any. An admin can give it to my role."
        )


def plan(places: Sequence[Place]) -> Plan:
    """What to create in a server with these channels. A channel counts in its own category only."""
    oldest = sorted(places, key=lambda place: place.id)
    categories: dict[str, int] = {}
    names: dict[int, str] = {}
    channels: dict[Spot, int] = {}
    for place in oldest:
        title = next((name for name in LAYOUT if fold(name) == fold(place.name)), None)
        if place.kind == "category" and title is not None:
            categories.setdefault(title, place.id)
            names[place.id] = title
    for place in oldest:
        title = names.get(place.parent_id or 0)
        if place.kind == "text" and title is not None and fold(place.name) in LAYOUT[title]:
            channels.setdefault((title, fold(place.name)), place.id)
    return Plan(
        categories=categories,
        channels=channels,
        new_categories=tuple(name for name in LAYOUT if name not in categories),
        new_channels=tuple(
            (title, name)
            for title, inside in LAYOUT.items()
            for name in inside
            if (title, name) not in channels
        ),
    )


def fold(name: str) -> str:
    """A channel's name as names are compared."""
    return " ".join(name.split()).casefold()
