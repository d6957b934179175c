"""What `wisdom` says: one saying, and not the one before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.cogs.agents.sayings import SAYINGS


@dataclass(frozen=True, slots=True)
class Saying:
    """Who says what."""

    agent: str
    text: str


def pick_saying(agent: str | None, last: str | None, choose: Callable[[Sequence[str]], str]) -> str:
    """The text of a saying of that agent, or of any, that is not `last`; `choose` takes one of many."""
    voices = SAYINGS.values() if agent is None else (SAYINGS[agent],)
    return choose([text for texts in voices for text in texts if text != last])


def whose(text: str) -> Saying:
    """The saying with its voice; no two agents share a sentence."""
    return Saying(next(name for name, texts in SAYINGS.items() if text in texts), text)
