"""The self-assignable roles: their names, how text matches them, and which may be assigned."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from core.errors import UnknownName
from state.agents import ROSTER

if TYPE_CHECKING:
    import discord

CATEGORIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "notifications": (
            "Manus Updates",
            "Telemetry",
            "Storage Updates",
            "Ritual Engine",
            "Agent Updates",
            "Cross-AI Sync",
            "Development",
            "Lore & Philosophy",
            "Admin Alerts",
        ),
        "agents": tuple(agent.name for agent in ROSTER),
        "access": (
            "Shadow Archive",
            "Research Lab",
            "Creative Studio",
            "Analytics",
            "Dev Team",
            "Lore Keeper",
            "Ritual Participant",
        ),
        "community": (
            "Early Adopter",
            "Chaos Enthusiast",
            "Mantra Master",
            "Frequency Tuner",
            "Void Walker",
            "UCF Researcher",
            "Reality Hacker",
        ),
    }
)
NAMES: tuple[str, ...] = tuple(name for names in CATEGORIES.values() for name in names)

# ready: the bot can assign it; privileged: the role has permissions or belongs to an integration;
# out of reach: the role is above the bot's highest role.
Standing = Literal["ready", "missing", "privileged", "out of reach"]


class UnknownRole(UnknownName):
    """No self-assignable role has this name; the message suggests the nearest."""

    kind = "self-assignable role"

    def __init__(self, name: str) -> None:
        super().__init__(name, NAMES)
        if self.suggestion is None:
            self.args = (f"There is no {self.kind} called {self.name!r}. `/roles` lists them.",)


@dataclass(frozen=True, slots=True)
class RoleView:
    """The parts of a server's role that matter here.

    Attributes:
        permissions: Discord's bit set.
        managed: it belongs to a bot or an integration.
        within_reach: it is below the bot's highest role.
    """

    id: int
    name: str
    permissions: int
    managed: bool
    within_reach: bool

    @property
    def harmless(self) -> bool:
        """Whether the role may be assigned to anyone."""
        return self.permissions == 0 and not self.managed


@dataclass(frozen=True, slots=True)
class SelfRole:
    """The state of one self-assignable role in a server; `role` is the server's role of that name."""

    name: str
    standing: Standing
    role: RoleView | None = None


def views_of(roles: Iterable[discord.Role], me: discord.Member) -> tuple[RoleView, ...]:
    """A server's roles except @everyone; `me` is the bot's member there."""
    top = me.top_role
    return tuple(
        RoleView(role.id, role.name, role.permissions.value, role.managed, role < top)
        for role in roles
        if not role.is_default()
    )


def find(name: str, roles: Iterable[RoleView]) -> SelfRole:
    """The state of the self-assignable role of this name; of several, the oldest that can be assigned."""
    named = sorted((role for role in roles if fold(role.name) == fold(name)), key=lambda role: role.id)
    if not named:
        return SelfRole(name, "missing")
    harmless = [role for role in named if role.harmless]
    if not harmless:
        return SelfRole(name, "privileged", named[0])
    reachable = [role for role in harmless if role.within_reach]
    return SelfRole(name, "ready", reachable[0]) if reachable else SelfRole(name, "out of reach", harmless[0])


def match(text: str, names: Collection[str] = NAMES) -> tuple[str, ...]:
    """The names that a text matches: the exact one, else all that contain it, best match first.

    Raises:
        UnknownRole: none matches.
    """
    wanted = fold(text.strip().removeprefix("@"))
    exact = [name for name in names if fold(name) == wanted]
    if exact:
        return (exact[0],)
    containing = [name for name in names if wanted and wanted in fold(name)]
    if not containing:
        raise UnknownRole(text.strip())
    return tuple(sorted(containing, key=lambda name: _rank(wanted, fold(name))))


def fold(name: str) -> str:
    """A role's name for comparison: lower case, with single spaces."""
    return " ".join(name.split()).casefold()


def _rank(wanted: str, name: str) -> int:
    if name.startswith(wanted):
        return 0
    return 1 if f" {wanted}" in name else 2
