"""What docstrings of records say: of the whole, and of each attribute."""

from __future__ import annotations

import inspect
import re
from typing import Final

_SECTION: Final = re.compile(r"^(Attributes|Args|Raises|Returns):$", re.MULTILINE)
_ENTRY: Final = re.compile(r"^    (\w+): (.*(?:\n {6,}.*)*)", re.MULTILINE)
_NONE: Final = re.compile(r"\bNone\b")


def summary(docstring: str) -> str:
    """Its text ahead of the first section, a paragraph a line."""
    text = _SECTION.split(inspect.cleandoc(docstring), maxsplit=1)[0]
    return "\n\n".join(" ".join(part.split()) for part in text.strip().split("\n\n"))


def attributes(docstring: str) -> dict[str, str]:
    """What its section "Attributes" says of each; in JSON, None is null."""
    _, found, rest = inspect.cleandoc(docstring).partition("Attributes:\n")
    if not found:
        return {}
    section = _SECTION.split(rest, maxsplit=1)[0]
    return {match[1]: _sentence(match[2]) for match in _ENTRY.finditer(section)}


def _sentence(text: str) -> str:
    line = _NONE.sub("null", " ".join(text.split()))
    return line[:1].upper() + line[1:]
