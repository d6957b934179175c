"""Finds half a surrogate pair, which is no character: no UTF-8 can hold it, so it is neither stored nor sent.

Python takes it in a text, and its JSON module takes it as an escape (RFC 8259, section 8.2).
"""

from __future__ import annotations

import re
from typing import Final

_HALF: Final = re.compile("[\ud800-\udfff]")
# Each escape as a whole, so that `\\ud800` is a backslash and letters; a pair matches before its halves.
_ESCAPE: Final = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)


def find_half(text: str) -> int | None:
    """Where the first one stands in a text, counted from 0; None where there is none."""
    if text.isascii():
        return None
    found = _HALF.search(text)
    return None if found is None else found.start()


def find_escaped_half(json: str) -> int | None:
    """Where the first escape of one stands in JSON; None where there is none."""
    if "\\u" not in json:
        return None
    return next((found.start() for found in _ESCAPE.finditer(json) if found["half"]), None)
