"""What the catalog says about one command; plain records that import nothing heavy."""

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
    """How much a person may; each includes those before it."""

    everyone = 0
    mod = 1
    admin = 2
    owner = 3


_NO_ACTIONS: Mapping[str, Level] = MappingProxyType({})


class Access(msgspec.Struct, frozen=True):
    """Who may run a command.

    Attributes:
        level: what the command needs, and each of its actions that `actions` does not name.
        local: it concerns only the server it is given in, so the admins and mods of that one count.
        actions: what its other actions need, by their name.
    """

    level: Level = Level.everyone
    local: bool = False
    actions: Mapping[str, Level] = _NO_ACTIONS

    def needed(self, action: str | None) -> Level:
        """The level that this action needs; None means the reading one."""
        if action is None:
            return self.level
        return max(self.level, self.actions.get(action.casefold(), self.level))


class Cooldown(msgspec.Struct, frozen=True):
    """At most `rate` uses per user in `per_s` seconds."""

    rate: int
    per_s: float

    def __str__(self) -> str:
        """As lists write it: `5 in 10 s`."""
        return f"{self.rate} in {self.per_s:g} s"


USUAL = Cooldown(5, 10.0)


class Param(msgspec.Struct, frozen=True):
    """One argument, named as the cog's method and the slash option name it.

    Attributes:
        kind: "rest" takes the rest of the line; "choice" takes one of `choices`.
        default: what an argument left out means, as text; None where that needs no saying.
        verbatim: quotation marks around it are part of what it says; by prefix they are dropped otherwise.
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
        """The argument as usage lines write it: `<name>`, `[window=24h]`, `[http|commands]`."""
        shown = "|".join(self.choices) if self.choices else self.name
        if self.required:
            return f"<{shown}>"
        return f"[{shown}={self.default}]" if self.default is not None else f"[{shown}]"


class CommandEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One command of the catalog.

    Attributes:
        cog: the cog whose file lists it.
        name: what is typed after the prefix or the slash.
        aliases: further names; by prefix only.
        summary: one line, at most 100 characters (Discord's limit for a slash description).
        example: a whole line that works, with the default prefix.
        ttl_s: how long the data of its reading action may be reused, in seconds; None means never.
        form: the arguments as usage lines write them, where `params` alone cannot say it.
        quick: its actions that do not do what `cooldown` is for; they have the usual one.
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
        """Its arguments: `<metric> [window=24h]`; empty where it takes none."""
        return self.form or " ".join(param.usage for param in self.params)

    @property
    def limits(self) -> str:
        """How often one person may run it: `1 in 60 s (list: 5 in 10 s)`."""
        return f"{self.cooldown} ({', '.join(self.quick)}: {USUAL})" if self.quick else str(self.cooldown)


class CogInfo(msgspec.Struct, frozen=True):
    """One family of commands."""

    name: str
    title: str
    summary: str

    def commands(self, *entries: CommandEntry) -> tuple[CommandEntry, ...]:
        """The entries, as those of this cog."""
        return tuple(replace(entry, cog=self.name) for entry in entries)
