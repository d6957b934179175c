"""Escapes Discord's Markdown, so that a text is shown literally."""

from __future__ import annotations

import re
from typing import Final

from core.errors import HelixError

# Where a backslash is inserted (Discord's "Markdown Text 101"; Discord API, "Message Formatting").
# No alternative scans past the next colon, or twice from the start of a line, so the cost is linear.
_MARK: Final = re.compile(
    # At the start of a line: headings, subtext, quotes, lists.
    r"(?m:^[ \t]*(?=[#>+-]))"
    r"|(?m:^[ \t]*[0-9]+(?=\.(?:\s|\Z)))"
    # Emphasis, spoilers, code, masked links, and all tags: mentions, times, emoji, commands, URLs.
    r"|(?=[\\*_~|`\[<])"
    # Bare links, and :emoji: by name, also if the last colon would follow after the text.
    r"|(?=:(?://|:|[^\s:]+:|[\w+-]+\Z))"
    r"|(?=@(?:everyone|here))"
    # Discord shows an invitation as a card even without a scheme.
    r"|(?<=discord)(?=\.)|(?<=discordapp)(?=\.)",
    re.IGNORECASE,
)


class MarkdownError(HelixError):
    """An error whose text is Discord Markdown; it must contain no text written by a person."""


def escape(text: str) -> str:
    """Inserts a backslash before everything that Discord would take for Markdown.

    Carriage returns become newlines and form feeds are removed, as Discord does. Do not use it inside code or
    inside the label of a masked link: Discord shows backslashes there.
    """
    # Discord's parser does the same before it looks for Markdown (simple-markdown, "preprocess").
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "")
    return _MARK.sub(r"\g<0>\\", text)
