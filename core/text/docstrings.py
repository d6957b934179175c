"""Reads the docstrings of records: the summary, and the description of each attribute."""

from __future__ import annotations

import inspect
import re
from typing import Final

_SECTION: Final = re.compile(r"^(Attributes|Args|Raises|Returns):$", re.MULTILINE)
_ENTRY: Final = re.compile(r"^    (\w+): (.*(?:\n {6,}.*)*)", re.MULTILINE)
_NONE: Final = re.compile(r"\bNone\b")


def summary(docstring: str) -> str:
    """The text before the first section, one line per paragraph."""
    text = _SECTION.split(inspect.cleandoc(docstring), maxsplit=1)[0]
    return "\n\n".join(" ".join(part.split()) for part in text.strip().split("\n\n"))


def attributes(docstring: str) -> dict[str, str]:
    """The descriptions in the section "Attributes", by name; None is written as null, as in JSON."""
    _, found, rest = inspect.cleandoc(docstring).partition("Attributes:\n")
    if not found:
        return {}
    section = _SECTION.split(rest, maxsplit=1)[0]
    return {match[1]: _sentence(match[2]) for match in _ENTRY.finditer(section)}


def _sentence(text: str) -> str:
    line = _NONE.sub("null", " ".join(text.split()))
    return line[:1].upper() + line[1:]
