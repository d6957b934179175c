"""What a command starts with: the prefix, or a mention of the bot; any white space may follow."""

from __future__ import annotations

from collections.abc import Sequence


def after_start(text: str, starts: Sequence[str]) -> str | None:
    """What follows the start and the white space after it; None where `text` begins with none of `starts`."""
    for start in starts:
        if text.startswith(start):
            return text[len(start) :].lstrip()
    return None
