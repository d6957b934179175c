"""Quotation marks of many keyboards and languages: straight, typographic, German, French and more."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

# Marks of one group open and close in any combination: German „x“, Swedish ”x”, Danish »x«.
_DOUBLE: Final = '"“”„‟〝〞＂'
_GROUPS: Final = (_DOUBLE, "‘’‚‛", "«»", "‹›", "「」｢｣﹁﹂", "『』﹃﹄", "《》", "〈〉", "⹂")
_GROUP_OF: Final = MappingProxyType({mark: group for group in _GROUPS for mark in group})
_STRAIGHT: Final = str.maketrans(dict.fromkeys(_DOUBLE, '"'))
# These may be apostrophes, so they do not open an unfinished quotation.
_APOSTROPHES: Final = frozenset("‘’‛")


def closing(text: str, start: int = 0) -> int | None:
    """The index of the mark that closes the quotation at `start`: a mark before white space or the end.

    None if no quotation begins there or it is not closed. A mark after a backslash is part of the text.
    """
    group = _GROUP_OF.get(text[start : start + 1], "")
    place = start + 1
    while group and place < len(text):
        if text[place] == "\\":
            place += 1
        elif text[place] in group and not text[place + 1 : place + 2].strip():
            return place
        place += 1
    return None


def is_left_open(text: str, start: int) -> bool:
    """Whether a quotation begins at `start` and is not closed; an apostrophe does not count."""
    mark = text[start : start + 1]
    return mark in _GROUP_OF and mark not in _APOSTROPHES and closing(text, start) is None


def inside(text: str, start: int, end: int) -> str:
    """The text between the marks at `start` and `end`, with escaped marks unescaped."""
    words = text[start + 1 : end]
    for mark in _GROUP_OF.get(text[start], ""):
        words = words.replace(f"\\{mark}", mark)
    return words


def unquoted(text: str) -> str:
    """`text` without quotation marks around all of it; unchanged if there are none."""
    text = text.strip()
    end = closing(text)
    return inside(text, 0, end) if end is not None and end == len(text) - 1 else text


def straight(text: str) -> str:
    """`text` with every kind of double quotation mark replaced by `"`."""
    return text.translate(_STRAIGHT)
