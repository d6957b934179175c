"""`wisdom`: choose a saying other than the last one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.cogs.agents.sayings import SAYINGS


def pick_saying(agent: str | None, last: str | None, choose: Callable[[Sequence[str]], str]) -> str:
    """Choose a saying of this agent (or of any) that is not `last`."""
    voices = SAYINGS.values() if agent is None else (SAYINGS[agent],)
    return choose([text for texts in voices for text in texts if text != last])


def author_of(text: str) -> str:
    """The name of the agent whose saying this is; no two agents share a text."""
    return next(name for name, texts in SAYINGS.items() if text in texts)
