"""Finds which field of decoded data is wrong, from msgspec's error text."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from core.text.patterns import IN_WORDS

# For a missing or unknown field, msgspec names the field in the text and its parent in the path.
_NAMED: Final = re.compile(r"Object (?:missing required|contains unknown) field `(.*)`", re.DOTALL)
_UNMATCHED: Final = re.compile(r"Expected `str` matching regex (.*)", re.DOTALL)
# msgspec prints the repr of a pattern.
_IN_WORDS: Final = {repr(pattern): words for pattern, words in IN_WORDS.items()}
_NO_WORDS: Final = "Expected a text of another form; the documentation shows its pattern"
_AT: Final = " - at `$"
# The name of an unknown field comes from the sender: cut it at this length.
_LONGEST: Final = 64


def wrong_field(error: msgspec.ValidationError) -> tuple[str, str]:
    """The path of the field (such as `set.harmony`; empty for the whole) and what is wrong with it."""
    text, found, rest = str(error).rpartition(_AT)
    problem, path = (text, rest.rstrip("`").removeprefix(".")) if found else (rest, "")
    unmatched = _UNMATCHED.fullmatch(problem)
    if unmatched is not None:
        problem = _IN_WORDS.get(unmatched[1], _NO_WORDS)
    named = _NAMED.fullmatch(problem)
    if named is not None:
        path = f"{path}.{named[1][:_LONGEST]}" if path else named[1][:_LONGEST]
    return path, problem
