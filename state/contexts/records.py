"""What a checkpoint holds, and how one may be called."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from core.errors import HelixError
from core.text.visible_text import one_line
from state.agents import AgentView
from state.models import UCF, Lore

LONGEST_NAME: Final = 64
# What Helix begins with: there without anybody having kept it.
DEFAULTS: Final = "defaults"

_TEXT_LENGTH: Final = 200
# "#12" names the checkpoint with that number, so nothing may be called so.
_NUMBER: Final = re.compile(r"#\d+")


class WrongName(HelixError):
    """Nothing can be called so."""


class AgentThen(msgspec.Struct, frozen=True, kw_only=True):
    """One agent as it was."""

    name: str
    status: str
    detail: str
    load: float | None = None
    task: str | None = None


class RitualThen(msgspec.Struct, frozen=True, kw_only=True):
    """One of the last rituals before it."""

    id: int
    kind: str
    steps: int
    finished_at: datetime


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What a checkpoint keeps; `ucf` and `folklore` are what a restore puts back.

    Attributes:
        rituals: the last finished ones, newest first.
    """

    ucf: UCF
    folklore: Mapping[str, Lore]
    agents: tuple[AgentThen, ...]
    rituals: tuple[RitualThen, ...] = ()


class ContextBrief(msgspec.Struct, frozen=True, kw_only=True):
    """A checkpoint as lists show it.

    Attributes:
        version: of the state that it keeps.
        newest: whether its name means this one; an older one of the name is found by its number.
        actor: who asked; `note` is why, where that was said. Shown only where names may be.
    """

    id: int
    at: datetime
    name: str
    version: int
    newest: bool
    actor: str | None = None
    note: str | None = None


class Context(ContextBrief, frozen=True, kw_only=True):
    """A checkpoint whole."""

    content: Content

    @property
    def is_defaults(self) -> bool:
        """Whether it is what Helix begins with, which nobody kept."""
        return self.id == 0


def clean_name(text: str) -> str:
    """A name for a checkpoint, on one line and without what cannot be seen.

    Raises:
        WrongName: nothing is left of it, it is too long, or it means something else.
    """
    name = one_line(text)
    if not name:
        raise WrongName(f"A checkpoint needs a name of 1 to {LONGEST_NAME} characters.")
    if len(name) > LONGEST_NAME:
        raise WrongName(
            f"A checkpoint's name has at most {LONGEST_NAME} characters; this one has {len(name)}."
        )
    if fold(name) == DEFAULTS:
        raise WrongName(f"`{DEFAULTS}` is what Helix begins with; choose another name.")
    if _NUMBER.fullmatch(name):
        raise WrongName("`#` and a number mean the checkpoint with that number; choose another name.")
    return name


def fold(name: str) -> str:
    """A name as names are compared: without regard to case."""
    return unicodedata.normalize("NFC", name.casefold())


def numbered(text: str) -> int | None:
    """The number in "#12"; None where the text is a name."""
    found = _NUMBER.fullmatch(text.strip())
    # SQLite's integers have 64 bits, and no checkpoint has so great a number.
    return None if found is None else min(int(text.strip()[1:20]), 2**62)


def agents_then(views: Sequence[AgentView]) -> tuple[AgentThen, ...]:
    """The agents as they are, to be kept; long texts are cut."""
    return tuple(
        AgentThen(
            name=view.name,
            status=view.status,
            detail=view.detail[:_TEXT_LENGTH],
            load=view.load,
            task=view.task and view.task[:_TEXT_LENGTH],
        )
        for view in views
    )
