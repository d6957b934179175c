"""The words of a text, as both search indexes count them: case and accents do not matter."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple

# A letter or digit, then letters, digits and combining accents.
_WORD: Final = re.compile("[^\\W_](?:[^\\W_]|[\u0300-\u036f])*")


class Word(NamedTuple):
    """A word, folded, and its place in the text."""

    folded: str
    start: int
    end: int


def words_of(text: str) -> Iterator[Word]:
    """The words of a text in order."""
    return (Word(_fold(found[0]), *found.span()) for found in _WORD.finditer(text))


def _fold(word: str) -> str:
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFD", word)
    return "".join(char for char in parts if not "\u0300" <= char <= "\u036f").lower()
