"""Markdown in pieces that Discord takes: nothing is lost, nothing is over, and each piece reads by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from bot.embeds import length

# Shorter, and a reopened code block would leave no room for its text.
LEAST_LIMIT: Final = 64

_FENCE: Final = "```"
_OPENS: Final = re.compile(r"```[\w+.#-]{0,20}")
_CLOSES: Final = re.compile(r"```[ \t]{0,8}")
_BLANK_LINES: Final = re.compile(r"(?:[ \t]*\n)*")
# What reads as nothing, or leads elsewhere, when it is cut in the middle.
_WHOLE: Final = re.compile(
    r"!?\[[^\[\]\n]*\]\([^)\n]*\)"  # [a link](https://…)
    r"|<[^<>\s]+>"  # <https://…>, mentions, timestamps
    r"|https?://[^\s<>]+"
    r"|`[^`\n]+`"
    r"|\*\*[^*\n]+\*\*"
)

_Kind = Literal["heading", "blank", "line", "space", "any"]
# Where to cut rather, and how full a piece must be for that.
_WISHES: Final[tuple[tuple[_Kind, float], ...]] = (
    ("heading", 0.6),
    ("blank", 0.5),
    ("line", 0.3),
    ("space", 0.0),
    ("any", 0.0),
)


@dataclass(frozen=True, slots=True)
class _Text:
    """A text, and what is known of the places in it where it may be cut.

    Attributes:
        cuts: the places of each kind, first to last; what is "blank" is a "line", too, and so on.
        fences: for each place inside a code block, the line that opened the block.
    """

    text: str
    cuts: Mapping[_Kind, tuple[int, ...]]
    fences: Mapping[int, str]


def split_markdown(text: str, limit: int) -> tuple[str, ...]:
    """`text` in pieces of at most `limit` UTF-16 units, none of them empty.

    Cut before a heading, else between paragraphs, else at a line's end, else at a space. A code block that is
    cut is closed in one piece and opened again in the next. Links, mentions, inline code and bold words stay
    whole, where one alone is not longer than a piece. What separated two pieces (blank lines, or one space)
    is left out.

    Raises:
        ValueError: `limit` is less than 64.
    """
    if limit < LEAST_LIMIT:
        raise ValueError(f"a piece takes at least {LEAST_LIMIT} characters, not {limit}")
    read, pieces, start = _read(text), [], 0
    while start < len(text):
        opened = read.fences.get(start, "")
        if not opened:
            start = _past_blank_lines(text, start)
        head = f"{opened}\n" if opened else ""
        end = _end(read, start, limit, head)
        closed = read.fences.get(end, "")
        body = text[start:end]
        tail = f"\n{_FENCE}" if closed else ""
        piece = head + (body.removesuffix("\n") if closed else body.rstrip()) + tail
        if piece.strip():
            pieces.append(piece)
        start = end
        if not closed and text[start : start + 1] == " ":
            start += 1
    return tuple(pieces)


def _end(read: _Text, start: int, limit: int, head: str) -> int:
    """The best place after `start` at which the piece is still within the limit."""
    text = read.text
    room = limit - length(head)
    if length(text[start:].rstrip()) <= room and len(text) not in read.fences:
        return len(text)
    farthest = _farthest(text, start, room)
    inside = room - len(_FENCE) - 1

    def fits(place: int) -> bool:
        size = length(text[start:place].removesuffix("\n"))
        return size <= (inside if place in read.fences else room)

    for kind, share in _WISHES:
        for place in reversed(read.cuts[kind]):
            if start < place <= farthest and place - start >= share * room and fits(place):
                return place
    # One link, or the like, that is longer than a piece.
    return _farthest(text, start, inside)


def _farthest(text: str, start: int, room: int) -> int:
    end = min(len(text), start + room)
    while length(text[start:end]) > room:
        end -= 1
    return max(end, start + 1)


def _read(text: str) -> _Text:
    reader = _Reader()
    for start, line in _lines(text):
        reader.take(start, line.removesuffix("\n"), start + len(line))
    cuts: dict[_Kind, tuple[int, ...]] = {kind: tuple(places) for kind, places in reader.cuts.items()}
    return _Text(text, cuts, reader.fences)


class _Reader:
    """Goes through a text line by line and notes where it may be cut."""

    def __init__(self) -> None:
        self.cuts: dict[_Kind, list[int]] = {"heading": [], "blank": [], "line": [], "space": [], "any": []}
        self.fences: dict[int, str] = {}
        # The line that opened the code block; empty outside of one.
        self._opened = ""
        # Whether the line before must not be the last of a piece: a heading, or one that opens a code block.
        self._held = False
        self._after_blank = False

    def take(self, start: int, line: str, end: int) -> None:
        """The line from `start`, without its own end; the next one begins at `end`."""
        if not self._opened:
            self._take_prose(start, line)
        elif _CLOSES.fullmatch(line):
            self._opened, self._held, self._after_blank = "", False, False
        else:
            self.fences.update(dict.fromkeys(range(start, end), self._opened))
            if not self._held:
                self._may_cut(start, "line", "space", "any")
            self.cuts["any"].extend(range(start + 1, start + len(line)))
            self._held = False

    def _take_prose(self, start: int, line: str) -> None:
        heading = line.startswith("#")
        if heading:
            self._may_cut(start, "heading")
        if heading or not self._held:
            self._may_cut(start, "line", *(("blank",) if self._after_blank else ()))
        self._may_cut(start, "space", "any")
        if _OPENS.fullmatch(line):
            self._opened, self._held = line, True
            return
        self._take_words(start, line)
        self._after_blank = not line.strip()
        if not self._after_blank:
            self._held = heading

    def _take_words(self, start: int, line: str) -> None:
        whole = {place for found in _WHOLE.finditer(line) for place in range(found.start() + 1, found.end())}
        for place in range(1, len(line)):
            if place not in whole:
                self._may_cut(start + place, "any", *(("space",) if line[place] == " " else ()))

    def _may_cut(self, place: int, *kinds: _Kind) -> None:
        for kind in kinds:
            self.cuts[kind].append(place)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield start, text[start:end]
        start = end


def _past_blank_lines(text: str, start: int) -> int:
    found = _BLANK_LINES.match(text, start)
    return found.end() if found else start
