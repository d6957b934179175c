"""The format of a bot's token: the bot's id, a time and a signature, in base64, separated by dots."""

from __future__ import annotations

import base64
import re
from typing import Final

# Lengths that Discord uses: 59 characters in older tokens (24.6.27), up to 73 in newer ones (26.6.38).
_SHAPE: Final = re.compile(r"([A-Za-z0-9_-]{20,28})\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{27,}", re.ASCII)
_ID: Final = re.compile(rb"[0-9]{15,20}")


def bot_id_in(token: str) -> int | None:
    """The id of the bot that a token belongs to; None if the text is not a token."""
    shape = _SHAPE.fullmatch(token)
    if shape is None:
        return None
    first = shape[1]
    decoded = base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)) if len(first) % 4 != 1 else b""
    return int(decoded) if _ID.fullmatch(decoded) else None
