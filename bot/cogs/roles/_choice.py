"""Match a text to self-assignable roles, and compute what a menu changes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.servers import self_roles
from bot.servers.self_roles import RoleView, SelfRole


@dataclass(frozen=True, slots=True)
class Category:
    """The roles of one category, in the order of the list."""

    name: str
    roles: tuple[SelfRole, ...]

    @property
    def ready(self) -> tuple[SelfRole, ...]:
        """The roles that can be assigned."""
        return tuple(role for role in self.roles if role.standing == "ready")


def categories(wanted: str | None, roles: Sequence[RoleView]) -> tuple[Category, ...]:
    """One category, or all four."""
    names = tuple(self_roles.CATEGORIES) if wanted is None else (wanted,)
    return tuple(
        Category(name, tuple(self_roles.find(one, roles) for one in self_roles.CATEGORIES[name]))
        for name in names
    )


def candidates(text: str, roles: Sequence[RoleView]) -> tuple[SelfRole, ...]:
    """The roles that a text matches; of several, only those that can be assigned.

    Raises:
        UnknownRole: no self-assignable role has this name.
    """
    found = tuple(self_roles.find(name, roles) for name in self_roles.match(text))
    ready = tuple(one for one in found if one.standing == "ready")
    return ready or found[:1] if len(found) > 1 else found


def holding(found: Sequence[SelfRole], held: Collection[int]) -> tuple[SelfRole, ...]:
    """The roles that the member has."""
    return tuple(one for one in found if one.role is not None and one.role.id in held)


def mask(roles: Sequence[SelfRole], held: Collection[int]) -> int:
    """A bit mask of the roles that the member has."""
    return sum(1 << index for index, one in enumerate(roles) if one.role is not None and one.role.id in held)


def toggled(category: Category, shown: int, chosen: Collection[str]) -> tuple[tuple[SelfRole, bool], ...]:
    """The roles whose tick changed, each with whether it is now wanted.

    Args:
        category: the current roles.
        shown: the `mask` when the menu was shown; changes made elsewhere since then stay.
        chosen: the names that are ticked now.
    """
    return tuple(
        (one, one.name in chosen)
        for index, one in enumerate(category.roles)
        if one.standing == "ready" and (one.name in chosen) != bool(shown >> index & 1)
    )
