"""`verify-setup`: what is missing, duplicate or not in the layout, and permissions the bot lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.cogs.server._layout import LAYOUT, PRIVATE
from bot.cogs.server._plan import Spot, fold, plan
from bot.gateway import invite
from bot.servers import self_roles
from bot.servers.places import Place
from bot.servers.self_roles import RoleView, SelfRole

_ADMINISTRATOR = 1 << 3


@dataclass(frozen=True, slots=True)
class Findings:
    """How a server differs from the standard.

    Attributes:
        channels: how many channels of the layout exist; `roles` counts roles.
        extra_channels: channels outside the layout, with their category; harmless.
        exposed: whether everyone can see the private category.
        blocked_roles: self-assignable roles that only an admin can fix.
        permissions: those the bot lacks, each with its purpose.
    """

    channels: int
    missing_categories: tuple[str, ...]
    missing_channels: tuple[Spot, ...]
    duplicate_channels: tuple[str, ...]
    extra_channels: tuple[str, ...]
    exposed: bool
    roles: int
    missing_roles: tuple[str, ...]
    blocked_roles: tuple[SelfRole, ...]
    duplicate_roles: tuple[str, ...]
    extra_roles: tuple[str, ...]
    permissions: tuple[tuple[str, str], ...]

    @property
    def in_order(self) -> bool:
        """Whether nothing needs to be fixed."""
        return not (
            self.missing_categories
            or self.missing_channels
            or self.duplicate_channels
            or self.exposed
            or self.missing_roles
            or self.blocked_roles
            or self.duplicate_roles
            or self.permissions
        )


def verify(
    places: Sequence[Place], roles: Sequence[RoleView], bot_permissions: int, *, exposed: bool
) -> Findings:
    """The findings for these channels, roles and bot permissions."""
    made = plan(places)
    titles = {place.id: place.name for place in places if place.kind == "category"}
    labels = [_label(place, titles) for place in places]
    standing = {*made.categories.values(), *made.channels.values()}
    double = {label for label, count in Counter(map(fold, labels)).items() if count > 1}
    found = [self_roles.find(name, roles) for name in self_roles.NAMES]
    known = {self_roles.fold(name) for name in self_roles.NAMES}
    named = Counter(self_roles.fold(role.name) for role in roles)
    return Findings(
        channels=len(made.channels),
        missing_categories=made.new_categories,
        missing_channels=made.new_channels,
        duplicate_channels=tuple(dict.fromkeys(label for label in labels if fold(label) in double)),
        extra_channels=tuple(
            label
            for place, label in zip(places, labels, strict=True)
            if place.id not in standing and fold(label) not in double
        ),
        exposed=exposed and PRIVATE in made.categories,
        roles=sum(one.standing == "ready" for one in found),
        missing_roles=tuple(one.name for one in found if one.standing == "missing"),
        blocked_roles=tuple(one for one in found if one.standing in {"privileged", "out of reach"}),
        duplicate_roles=tuple(
            dict.fromkeys(role.name for role in roles if named[self_roles.fold(role.name)] > 1)
        ),
        extra_roles=tuple(
            role.name
            for role in roles
            if not role.managed
            and self_roles.fold(role.name) not in known
            and named[self_roles.fold(role.name)] == 1
        ),
        permissions=tuple(
            (name, why)
            for name, bit, why in invite.PERMISSIONS
            if not bot_permissions & (bit | _ADMINISTRATOR)
        ),
    )


def total_channels() -> int:
    """The number of channels in the layout."""
    return sum(len(inside) for inside in LAYOUT.values())


def _label(place: Place, titles: dict[int, str]) -> str:
    if place.kind == "category":
        return place.name
    title = titles.get(place.parent_id or 0)
    return f"#{place.name}" if title is None else f"#{place.name} in {title}"
