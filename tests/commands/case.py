"""One row of the table that runs every command over the sandbox (`tests/commands/test_table.py`)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.bot.support import RunningBot

Options = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Use:
    """One way to call a command, by prefix and by slash, and what the answer must say.

    Attributes:
        line: what follows the prefix, such as "trend harmony 24h".
        options: the same as options of the slash command.
        says: a regular expression searched for in the answer (content, embeds, titles of files).
        settles: a regular expression that the answer, after all its edits, says in the end; where progress
            comes first. None where the first answer is the last.
        agrees: whether that answer is a question, to which the caller says yes; `settles` is then read in
            any message.
        picture: whether a PNG with alt text comes along.
    """

    line: str
    says: str
    options: Options = field(default_factory=dict)
    settles: str | None = None
    agrees: bool = False
    picture: bool = False


@dataclass(frozen=True, kw_only=True)
class Case:
    """How one command is tried.

    Attributes:
        command: its name in the catalog.
        happy: a use that works.
        caller: whose use that is: "member", "mod", "admin" or "owner" of the home server; the least that may.
        wrong: uses with an argument that is wrong, each in another way; `says` is the complaint. Empty only
            for commands that take no argument, or one that may be anything.
        actions: for each action of the entry's `Access.actions`, a use of it that would work for one who may.
        prepare: brings the world into the state that the happy case needs, such as an open alert.
    """

    command: str
    happy: Use
    caller: str = "member"
    wrong: tuple[Use, ...] = ()
    actions: Mapping[str, Use] = field(default_factory=dict)
    prepare: Callable[[RunningBot], Awaitable[None]] | None = None
