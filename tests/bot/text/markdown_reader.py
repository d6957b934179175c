"""How Discord reads Markdown, written apart from the code that splits it: each character with its styles."""

from __future__ import annotations

import re
from collections.abc import Iterator

Seen = tuple[str, frozenset[str]]

_MARKS = ("||", "**", "__", "~~", "*", "_")
_TOKEN = re.compile(r"\\[^0-9A-Za-z\s]|<[^<>\n]+>|\[[^\[\]\n]+\]\([^)\n]+\)|https?://[^\s<>]+|:[\w+-]+:")
_LANGUAGE = re.compile(r"[\w+.#-]{0,20}\n")


def seen(text: str, styles: frozenset[str] = frozenset()) -> list[Seen]:
    """What is to be seen of a text, but for white space; links, tags and the like count as one character."""
    found: list[Seen] = []
    place = 0
    while place < len(text):
        begins_line = place == 0 or text[place - 1] == "\n"
        if begins_line and "quote" not in styles and text.startswith(("> ", ">>> "), place):
            inner, place = _quote(text, place)
            found += seen(inner, styles | {"quote"})
        elif (code := _code(text, place)) is not None:
            inner, kind, place = code
            found += ((char, styles | {kind}) for char in inner if not char.isspace())
        elif (token := _TOKEN.match(text, place)) is not None:
            found.append((token[0], styles))
            place = token.end()
        elif (pair := next(_pairs(text, place, styles), None)) is not None:
            mark, end = pair
            found += seen(text[place + len(mark) : end], styles | {mark})
            place = end + len(mark)
        else:
            found += [(text[place], styles)] if not text[place].isspace() else []
            place += 1
    return found


def _quote(text: str, place: int) -> tuple[str, int]:
    if text.startswith(">>> ", place):
        return text[place + 4 :], len(text)
    lines = []
    while text.startswith("> ", place):
        end = text.find("\n", place) + 1 or len(text)
        lines.append(text[place + 2 : end])
        place = end
    return "".join(lines), place


def _code(text: str, place: int) -> tuple[str, str, int] | None:
    if text.startswith("```", place):
        end = text.find("```", place + 3)
        if end < 0:
            return None
        language = _LANGUAGE.match(text, place + 3, end)
        return text[language.end() if language else place + 3 : end], "code block", end + 3
    if text.startswith("`", place):
        end = text.find("`", place + 1)
        return None if end < 0 else (text[place + 1 : end], "code", end + 1)
    return None


def _pairs(text: str, place: int, styles: frozenset[str]) -> Iterator[tuple[str, int]]:
    """The mark that opens there, and where it is closed."""
    for mark in _MARKS:
        if mark in styles or not text.startswith(mark, place):
            continue
        end = _find(mark, text, place + len(mark))
        # A single mark is not closed by a double one, nor a double one by the first two of three.
        while end >= 0 and text[end + len(mark) : end + len(mark) + 1] == mark[0]:
            end = _find(mark, text, end + 1 if len(mark) > 1 else end + 2)
        if end >= 0:
            yield mark, end


def _find(mark: str, text: str, place: int) -> int:
    """Where the mark stands next as a mark; -1 where it does not."""
    end = text.find(mark, place)
    while end > 0 and text[end - 1] == "\\":
        end = text.find(mark, end + 1)
    return end
