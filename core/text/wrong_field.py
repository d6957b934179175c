"""Which member of some data does not fit, as msgspec words it."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from core.text.patterns import IN_WORDS

# A member that is missing or unknown is named in the text, and its owner in the path.
_NAMED: Final = re.compile(r"Object (?:missing required|contains unknown) field `(.*)`", re.DOTALL)
_UNMATCHED: Final = re.compile(r"Expected `str` matching regex (.*)", re.DOTALL)
# msgspec names a pattern by its repr.
_IN_WORDS: Final = {repr(pattern): words for pattern, words in IN_WORDS.items()}
_NO_WORDS: Final = "Expected a text of another form; the documentation has its pattern"
_AT: Final = " - at `$"
# What somebody else called an unknown member is said as far as this.
_LONGEST: Final = 64


def wrong_field(error: msgspec.ValidationError) -> tuple[str, str]:
    """(its path, such as `set.harmony`, empty where it is the whole; what is wrong with it)."""
    text, found, rest = str(error).rpartition(_AT)
    problem, path = (text, rest.rstrip("`").removeprefix(".")) if found else (rest, "")
    unmatched = _UNMATCHED.fullmatch(problem)
    if unmatched is not None:
        problem = _IN_WORDS.get(unmatched[1], _NO_WORDS)
    named = _NAMED.fullmatch(problem)
    if named is not None:
        path = f"{path}.{named[1][:_LONGEST]}" if path else named[1][:_LONGEST]
    return path, problem
