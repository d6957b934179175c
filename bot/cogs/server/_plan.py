"""`setup`: the part of the layout that is missing."""

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
    """The mode is not known."""


class MayNotCreate(HelixError):
    """The bot lacks the permission to create channels."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The missing and the existing parts of the layout.

    Attributes:
        categories: the id of each existing category; the oldest of duplicates.
        channels: the id of each existing channel in its right category.
        new_categories: the missing categories.
        new_channels: the missing channels, in the layout's order.
    """

    categories: Mapping[str, int]
    channels: Mapping[Spot, int]
    new_categories: tuple[str, ...]
    new_channels: tuple[Spot, ...]

    @property
    def size(self) -> int:
        """The number of things to create."""
        return len(self.new_categories) + len(self.new_channels)


def parse_mode(mode: str | None) -> bool:
    """Whether this is a dry run.

    Raises:
        WrongMode: the mode is not known.
    """
    if mode is None:
        return False
    if mode.strip().casefold().replace(" ", "-") in {DRY_RUN, "dry", f"--{DRY_RUN}"}:
        return True
    raise WrongMode(f"The only mode is `{DRY_RUN}`: it shows what is missing and creates nothing.")


def check_right(wanted: Plan, *, may_create: bool) -> None:
    """Raise if the bot must create something but may not.

    Raises:
        MayNotCreate: the bot lacks Manage Channels.
    """
    if wanted.size and not may_create:
        raise MayNotCreate("I lack Manage Channels, so I cannot create channels. An admin can grant it.")


def plan(places: Sequence[Place]) -> Plan:
    """The plan for a server with these channels. A channel in another category does not count."""
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
    """A channel's name in the form used for comparison."""
    return " ".join(name.split()).casefold()
