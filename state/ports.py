"""Records that `main` passes between bot and web, which never import each other."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

Auth = Literal["none", "read", "webhook"]
StreamKind = Literal["sse", "ws"]

# The outcomes in `helix_commands_total` that are faults of Helix; refusals and typing mistakes are not.
FAILED_OUTCOMES: Final = frozenset({"failed", "cut off"})


class RouteInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP route, as `!discovery` shows it.

    Attributes:
        path: the template, such as "/agents/{name}".
        ttl_s: greatest age of its answer, in seconds; None if it is not cached.
        auth: which token a client must send.
        example: a path to request; empty if the template has none.
        expected: the statuses that count as correct.
        stream: the kind of its endless answer, if it has one.
    """

    method: str
    path: str
    summary: str
    ttl_s: float | None = None
    auth: Auth = "none"
    example: str = ""
    expected: tuple[int, ...] = (200,)
    stream: StreamKind | None = None


class CommandInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One command, as `GET /commands` shows it.

    Attributes:
        usage: name and arguments, without the prefix.
        access: who may use it: "everyone", "mod", "admin" or "owner", with exceptions named.
        where: "server", "direct message" or both.
        ttl_s: greatest age of its result, in seconds; None if it is not cached.
        cooldown: uses and seconds, such as "5 in 10 s".
    """

    name: str
    cog: str
    usage: str
    summary: str
    aliases: tuple[str, ...] = ()
    example: str = ""
    access: str = "everyone"
    where: tuple[str, ...] = ("server", "direct message")
    ttl_s: float | None = None
    cooldown: str = ""
