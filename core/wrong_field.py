"""Which member of some data does not fit, as msgspec words it."""

from __future__ import annotations

import re
from typing import Final

import msgspec

# A member that is missing or unknown is named in the text, and its owner in the path.
_NAMED: Final = re.compile(r"Object (?:missing required|contains unknown) field `(.*)`", re.DOTALL)
_AT: Final = " - at `$"
# What somebody else called an unknown member is said as far as this.
_LONGEST: Final = 64


def wrong_field(error: msgspec.ValidationError) -> tuple[str, str]:
    """(its path, such as `set.harmony`, empty where it is the whole; what is wrong with it)."""
    text, found, rest = str(error).rpartition(_AT)
    problem, path = (text, rest.rstrip("`").removeprefix(".")) if found else (rest, "")
    named = _NAMED.fullmatch(problem)
    if named is not None:
        path = f"{path}.{named[1][:_LONGEST]}" if path else named[1][:_LONGEST]
    return path, problem
