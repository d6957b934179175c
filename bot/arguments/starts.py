"""The start of a command: the prefix or a mention of the bot, then optional white space."""

from __future__ import annotations

from collections.abc import Sequence


def after_start(text: str, starts: Sequence[str]) -> str | None:
    """The text after the start and its white space; None if `text` begins with none of `starts`."""
    for start in starts:
        if text.startswith(start):
            return text[len(start) :].lstrip()
    return None
