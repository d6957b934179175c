"""`setup-roles`: the roles to create, and those that only an admin can fix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.arguments.parsing import parse_word
from bot.servers import self_roles
from bot.servers.self_roles import RoleView, SelfRole
from core.errors import UnknownName

ALL = "all"


class UnknownCategory(UnknownName):
    """No category has this name."""

    kind = "category"


@dataclass(frozen=True, slots=True)
class Plan:
    """The missing roles, the existing ones, and the blocked ones."""

    missing: tuple[str, ...]
    standing: tuple[SelfRole, ...]
    blocked: tuple[SelfRole, ...]


def parse_category(word: str | None, *also: str) -> str | None:
    """The category that a word names or begins, in any letter case; None without a word.

    Raises:
        UnknownCategory: no category has this name; the message suggests the nearest.
    """
    if word is None:
        return None
    return parse_word(word, (*self_roles.CATEGORIES, *also), UnknownCategory, or_start=True)


def plan(category: str, roles: Sequence[RoleView]) -> Plan:
    """The plan for one category or all."""
    names = self_roles.NAMES if category == ALL else self_roles.CATEGORIES[category]
    found = [self_roles.find(name, roles) for name in names]
    return Plan(
        missing=tuple(one.name for one in found if one.standing == "missing"),
        standing=tuple(one for one in found if one.standing == "ready"),
        blocked=tuple(one for one in found if one.standing in {"privileged", "out of reach"}),
    )
