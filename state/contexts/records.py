"""What a checkpoint contains, and which names are valid."""

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
# The state that Helix starts with; it is always there.
DEFAULTS: Final = "defaults"

_TEXT_LENGTH: Final = 200
# "#12" means the checkpoint with that id, so it is not a valid name.
_NUMBER: Final = re.compile(r"#\d+")


class WrongName(HelixError):
    """The name of a checkpoint is not valid; the text says why."""


class AgentThen(msgspec.Struct, frozen=True, kw_only=True):
    """One agent at the time of the checkpoint."""

    name: str
    status: str
    detail: str
    load: float | None = None
    task: str | None = None


class RitualThen(msgspec.Struct, frozen=True, kw_only=True):
    """One of the last rituals before the checkpoint."""

    id: int
    kind: str
    steps: int
    finished_at: datetime


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """The content of a checkpoint; a restore puts `ucf` and `folklore` back.

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
        version: the version of the stored state.
        newest: whether its name refers to it; an older one of that name is found by its id.
        actor: who took it; `note` is the reason given, if any. Shown only where names may be shown.
    """

    id: int
    at: datetime
    name: str
    version: int
    newest: bool
    actor: str | None = None
    note: str | None = None


class Context(ContextBrief, frozen=True, kw_only=True):
    """A checkpoint with its content."""

    content: Content

    @property
    def is_defaults(self) -> bool:
        """Whether it is the state that Helix starts with."""
        return self.id == 0


def clean_name(text: str) -> str:
    """Makes a name one visible line.

    Raises:
        WrongName: it is empty or too long, or has another meaning.
    """
    name = one_line(text)
    if not name:
        raise WrongName(f"A checkpoint needs a name of 1 to {LONGEST_NAME} characters.")
    if len(name) > LONGEST_NAME:
        raise WrongName(
            f"A checkpoint's name has at most {LONGEST_NAME} characters; this one has {len(name)}."
        )
    if fold(name) == DEFAULTS:
        raise WrongName(f"`{DEFAULTS}` is the state that Helix starts with. Choose another name.")
    if _NUMBER.fullmatch(name):
        raise WrongName("`#` and a number mean the checkpoint with that id. Choose another name.")
    return name


def fold(name: str) -> str:
    """The form of a name for comparisons, ignoring case."""
    return unicodedata.normalize("NFC", name.casefold())


def numbered(text: str) -> int | None:
    """The id in "#12"; None if the text is a name."""
    found = _NUMBER.fullmatch(text.strip())
    # Capped at SQLite's 64 bits; no checkpoint has such an id.
    return None if found is None else min(int(text.strip()[1:20]), 2**62)


def agents_then(views: Sequence[AgentView]) -> tuple[AgentThen, ...]:
    """The present agents, to be stored; long texts are cut."""
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
