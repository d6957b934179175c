"""The records of the catalog: a command, its arguments, access and cooldown. Imports nothing heavy."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Literal

import msgspec
from msgspec.structs import replace

Where = Literal["server", "dm"]
ParamKind = Literal["text", "rest", "int", "choice", "member", "channel"]

ANYWHERE: frozenset[Where] = frozenset({"server", "dm"})
SERVER_ONLY: frozenset[Where] = frozenset({"server"})


class Level(IntEnum):
    """A person's level of access; each includes those before it."""

    everyone = 0
    mod = 1
    admin = 2
    owner = 3


_NO_ACTIONS: Mapping[str, Level] = MappingProxyType({})


class Access(msgspec.Struct, frozen=True):
    """Who may run a command.

    Attributes:
        level: the level for the command and for every action that `actions` does not name.
        local: the command affects only the server where it is used, so that server's admins and mods count.
        actions: the levels of the other actions by name.
    """

    level: Level = Level.everyone
    local: bool = False
    actions: Mapping[str, Level] = _NO_ACTIONS

    def __hash__(self) -> int:
        # A mapping has no hash; equal entries still have equal hashes.
        return hash((self.level, self.local))

    def needed(self, action: str | None) -> Level:
        """The level that this action needs; None means the action that only reads."""
        if action is None:
            return self.level
        return max(self.level, self.actions.get(action.casefold(), self.level))


class Cooldown(msgspec.Struct, frozen=True):
    """At most `rate` uses per user in `per_s` seconds."""

    rate: int
    per_s: float

    def __str__(self) -> str:
        """The form used in lists: `5 in 10 s`."""
        return f"{self.rate} in {self.per_s:g} s"


USUAL = Cooldown(5, 10.0)


class Param(msgspec.Struct, frozen=True):
    """One argument; the cog's method and the slash option use the same name.

    Attributes:
        kind: "rest" takes the rest of the line; "choice" takes one of `choices`.
        default: the value of an omitted argument, as text; None if usage lines need not show it.
        verbatim: keep quotation marks around the argument; otherwise prefix commands drop them.
        meaning: one line for help and the slash option, at most 100 characters.
    """

    name: str
    meaning: str
    kind: ParamKind = "text"
    required: bool = False
    default: str | None = None
    choices: tuple[str, ...] = ()
    verbatim: bool = False

    @property
    def usage(self) -> str:
        """The argument in a usage line: `<name>`, `[window=24h]`, `[http|commands]`."""
        shown = "|".join(self.choices) if self.choices else self.name
        if self.required:
            return f"<{shown}>"
        return f"[{shown}={self.default}]" if self.default is not None else f"[{shown}]"


class CommandEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One command of the catalog.

    Attributes:
        cog: the cog whose file lists it.
        name: typed after the prefix or the slash.
        aliases: further names, for prefix commands only.
        summary: one line, at most 100 characters (Discord's limit for a slash description).
        example: a complete line that works, with the default prefix.
        ttl_s: how many seconds the data of the reading action may be cached; None means not at all.
        form: the arguments in a usage line, if `params` alone cannot express them.
        quick: cheap actions, which have the usual cooldown instead of `cooldown`.
        ephemeral: whether only the caller sees the reply to a slash command.
    """

    name: str
    summary: str
    example: str
    cog: str = ""
    aliases: tuple[str, ...] = ()
    params: tuple[Param, ...] = ()
    access: Access = Access()
    where: frozenset[Where] = ANYWHERE
    ttl_s: float | None = None
    cooldown: Cooldown = USUAL
    quick: tuple[str, ...] = ()
    form: str = ""
    ephemeral: bool = False

    @property
    def usage(self) -> str:
        """The arguments in a usage line: `<metric> [window=24h]`; empty if there are none."""
        return self.form or " ".join(param.usage for param in self.params)

    @property
    def limits(self) -> str:
        """The cooldown per person: `1 in 60 s (list: 5 in 10 s)`."""
        return f"{self.cooldown} ({', '.join(self.quick)}: {USUAL})" if self.quick else str(self.cooldown)


class CogInfo(msgspec.Struct, frozen=True):
    """A cog: a group of commands."""

    name: str
    title: str
    summary: str

    def commands(self, *entries: CommandEntry) -> tuple[CommandEntry, ...]:
        """The entries, with this cog as their cog."""
        return tuple(replace(entry, cog=self.name) for entry in entries)
