"""Finds lone surrogates (half of a pair), which UTF-8 cannot encode, so they can be neither stored nor sent.

Python accepts them in a str, and its JSON module accepts them as an escape (RFC 8259, section 8.2).
"""

from __future__ import annotations

import re
from typing import Final

_HALF: Final = re.compile("[\ud800-\udfff]")
# Matches whole escapes, so that `\\ud800` is a backslash and letters; a pair is tried before a half.
_ESCAPE: Final = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)


def find_half(text: str) -> int | None:
    """The index of the first lone surrogate in a text; None if there is none."""
    if text.isascii():
        return None
    found = _HALF.search(text)
    return None if found is None else found.start()


def find_escaped_half(json: str) -> int | None:
    """The index of the first escaped lone surrogate in JSON; None if there is none."""
    if "\\u" not in json:
        return None
    return next((found.start() for found in _ESCAPE.finditer(json) if found["half"]), None)
