"""What `setup-roles` would do: the roles that are missing, and those that only a person can mend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.servers import self_roles
from bot.servers.self_roles import RoleView, SelfRole
from core.errors import UnknownName

ALL = "all"


class UnknownCategory(UnknownName):
    """There is no such category of roles."""

    kind = "category"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is missing, what stands, and what stands in the way."""

    missing: tuple[str, ...]
    standing: tuple[SelfRole, ...]
    blocked: tuple[SelfRole, ...]


def parse_category(word: str | None, *also: str) -> str | None:
    """The category that a word names, in any case, or by its beginning; None for None.

    Raises:
        UnknownCategory: there is none; the text suggests the nearest.
    """
    if word is None:
        return None
    known = (*self_roles.CATEGORIES, *also)
    wanted = word.strip().casefold()
    for name in known:
        if wanted and name.startswith(wanted):
            return name
    raise UnknownCategory(word.strip(), known)


def plan(category: str, roles: Sequence[RoleView]) -> Plan:
    """What to do for a category, or for all."""
    names = self_roles.NAMES if category == ALL else self_roles.CATEGORIES[category]
    found = [self_roles.find(name, roles) for name in names]
    return Plan(
        missing=tuple(one.name for one in found if one.standing == "missing"),
        standing=tuple(one for one in found if one.standing == "ready"),
        blocked=tuple(one for one in found if one.standing in {"privileged", "out of reach"}),
    )
