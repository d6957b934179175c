"""`wisdom`: choose a saying other than the last one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.cogs.agents.sayings import SAYINGS


@dataclass(frozen=True, slots=True)
class Saying:
    """A saying and its agent."""

    agent: str
    text: str


def pick_saying(agent: str | None, last: str | None, choose: Callable[[Sequence[str]], str]) -> str:
    """Choose a saying of this agent (or of any) that is not `last`."""
    voices = SAYINGS.values() if agent is None else (SAYINGS[agent],)
    return choose([text for texts in voices for text in texts if text != last])


def whose(text: str) -> Saying:
    """The saying with its agent; no two agents share a text."""
    return Saying(next(name for name, texts in SAYINGS.items() if text in texts), text)
