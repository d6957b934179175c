"""Escapes Discord's Markdown, so that a text is shown as it was written."""

from __future__ import annotations

import re
from typing import Final

from core.errors import HelixError

# Places before which a backslash goes (Discord's "Markdown Text 101"; Discord API, "Message Formatting").
# No alternative looks past the next colon, or more than once at the beginning of a line: the cost is linear.
_MARK: Final = re.compile(
    # At the start of a line: headings, subtext, quotes, lists.
    r"(?m:^[ \t]*(?=[#>+-]))"
    r"|(?m:^[ \t]*[0-9]+(?=\.(?:\s|\Z)))"
    # Emphasis, spoilers, code, masked links, and every tag: mentions, times, emoji, commands, addresses.
    r"|(?=[\\*_~|`\[<])"
    # Bare links, and :emoji: by name, also where the last colon would come after the text.
    r"|(?=:(?://|:|[^\s:]+:|[\w+-]+\Z))"
    r"|(?=@(?:everyone|here))"
    # An invitation is shown as a card without a scheme, too.
    r"|(?<=discord)(?=\.)|(?<=discordapp)(?=\.)",
    re.IGNORECASE,
)


class MarkdownError(HelixError):
    """An error whose text is Discord's Markdown, and holds nothing that a person wrote."""


def escape(text: str) -> str:
    """`text` with a backslash before everything that Discord would take for Markdown.

    Carriage returns become newlines and form feeds are left out, as Discord shows them.
    Inside code and inside the label of a masked link Discord shows backslashes: use it for neither.
    """
    # Discord's parser does the same before it looks for Markdown (simple-markdown, "preprocess").
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "")
    return _MARK.sub(r"\g<0>\\", text)
