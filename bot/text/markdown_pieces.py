"""Splits Markdown into pieces within a limit; no text is lost, and each piece is valid by itself."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.text._markdown_lines import Line, regions
from bot.text._markdown_spans import FENCE, Places, Stack, in_code
from bot.text.embeds import length

# A shorter piece would have no room for text beside the marks that are opened again.
LEAST_LIMIT: Final = 64

_HEADING: Final = re.compile(r"#{1,3} ")
# Discord would read a mark beside one of these as part of it.
_MARKS: Final = frozenset("*_~|`")

# Kinds of cuts, best first, with the share of the limit that the piece must fill; "inner" is inside bold text
# and the like.
_WISHES: Final = (
    ("heading", 0.6),
    ("blank", 0.5),
    ("line", 0.3),
    ("space", 0.0),
    ("inner line", 0.0),
    ("inner space", 0.0),
    ("any", 0.0),
)


@dataclass(frozen=True, slots=True)
class _Cut:
    """A position to cut.

    Attributes:
        end: the end of the piece before it.
        start: the start of the next piece's text, after a space and quote marks.
        marks: the quote mark with which the next piece begins; empty outside quotes.
        quote: the quote mark of each line of the quote; empty outside quotes.
        stack: the constructs that are open there.
    """

    end: int
    start: int
    marks: str
    quote: str
    stack: Stack

    @property
    def in_fence(self) -> bool:
        """Whether it is inside a code block."""
        return in_code(self.stack)

    @property
    def head(self) -> str:
        """The start of the next piece: quote mark and opening marks."""
        openers = (f"{span.opener}{self.quote if span.is_fence else ''}" for span in self.stack)
        return self.marks + "".join(openers)

    def close(self, piece: str) -> str:
        """`piece`, which ends here, with all open constructs closed."""
        if not self.in_fence:
            piece = piece.rstrip()
        for span in reversed(self.stack):
            if span.is_fence and "\n" in piece[piece.rfind(FENCE) :]:
                piece = f"{piece.removesuffix(chr(10))}\n{self.quote}"
            piece += span.closer
        return piece


def split_markdown(text: str, limit: int) -> tuple[str, ...]:
    """Splits `text` into pieces of at most `limit` UTF-16 units; none is empty.

    It cuts before a heading, else between paragraphs, else at the end of a line, else at a space. A construct
    that is open at the cut (a code block, a spoiler, bold text, a quote) is closed in one piece and opened
    again in the next. Links, mentions, emoji and escapes stay whole; so do bold text, spoilers and inline
    code that fit into one piece. The blank lines or the space between two pieces are dropped.

    Raises:
        ValueError: `limit` is less than 64.
    """
    if limit < LEAST_LIMIT:
        raise ValueError(f"a piece takes at least {LEAST_LIMIT} characters, not {limit}")
    reading, pieces = _Reading(text), []
    cut = reading.first()
    while cut is not None:
        piece, cut = reading.piece(cut, limit)
        pieces.append(piece)
    return tuple(pieces)


class _Reading:
    """A text and the positions where it may be cut."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._places = Places(text)
        self._lines: list[Line] = []
        for region in regions(text):
            where = [place for line in region for place in range(line.text, line.end)]
            self._places.read("".join([text[place] for place in where]), [*where, region[-1].end])
            self._lines += region
        self._free = [self._places.may_cut[line.text] for line in self._lines]
        for line in self._lines:
            self._places.may_cut[line.start + 1 : line.text + 1] = [False] * (line.text - line.start)
        self._starts = [line.start for line in self._lines]
        # The possible ends of a piece in ascending order, by kind; "any" is every other position.
        self._ends: dict[str, list[int]] = {kind: [] for kind, _ in _WISHES}
        self._find_ends()

    def first(self) -> _Cut | None:
        """The start of the text; None if it is blank."""
        return self._past_blank(self._cut(0)) if self._lines else None

    def piece(self, cut: _Cut, limit: int) -> tuple[str, _Cut | None]:
        """The piece that begins at `cut`, and the start of the next piece; None after the last."""
        rest = self._text[cut.start :].rstrip()
        if length(cut.head) + length(rest) <= limit:
            return cut.head + rest, None
        end = self._end(cut, limit)
        return end.close(cut.head + self._text[cut.start : end.end]), self._past_blank(end)

    def _end(self, begin: _Cut, limit: int) -> _Cut:
        """The best end for the piece that begins at `begin`."""
        room = limit - length(begin.head)
        for kind, share in _WISHES:
            for place in self._before(kind, begin.start + room):
                if place - begin.start < max(1, share * room):
                    break
                end = self._cut(place)
                body = self._text[begin.start : place]
                if body.strip() and length(end.close(begin.head + body)) <= limit:
                    return end
        return self._forced(begin, limit)

    def _forced(self, begin: _Cut, limit: int) -> _Cut:
        """An end inside a link or other whole construct that is longer than a piece."""
        place = min(len(self._text), begin.start + limit - length(begin.head))
        while place > begin.start + 1:
            end = self._cut(place)
            if length(end.close(begin.head + self._text[begin.start : place])) <= limit:
                return end
            place -= 1
        return self._cut(place)

    def _before(self, kind: str, place: int) -> Iterator[int]:
        """The positions of a kind up to `place`, in descending order."""
        if kind == "any":
            return filter(self._may_cut, range(min(place, len(self._text) - 1), 0, -1))
        ends = self._ends[kind]
        return (ends[index] for index in range(bisect_right(ends, place) - 1, -1, -1))

    def _past_blank(self, cut: _Cut) -> _Cut | None:
        """`cut`, moved past blank lines; None if only blank lines follow."""
        while not cut.in_fence:
            line = self._lines[self._line_index(cut.start)]
            if self._text[cut.start : line.end].strip():
                return cut
            if line.end >= len(self._text):
                return None
            cut = self._cut(line.end)
        return cut

    def _find_ends(self) -> None:
        text, open_at = self._text, self._places.open_at
        held = after_blank = False
        for line, free in zip(self._lines, self._free, strict=True):
            in_fence = in_code(open_at[line.text])
            heading = not in_fence and _HEADING.match(text, line.text) is not None
            if line.start and free and not self._beside_mark(line.text - 1, line.text):
                for kind in self._kinds(line, heading=heading, held=held, after_blank=after_blank):
                    self._ends[kind].append(line.start)
            if not in_fence:
                self._find_spaces(line)
            blank = not text[line.text : line.end].strip()
            opens_code = not in_fence and in_code(open_at[line.end])
            # A piece must not end with a heading or with the line that opens a code block.
            held = opens_code or (not in_fence and (heading or (held and blank)))
            after_blank = blank and not in_fence

    def _kinds(self, line: Line, *, heading: bool, held: bool, after_blank: bool) -> tuple[str, ...]:
        """The kinds of cut that are possible at the start of a line."""
        stack = self._places.open_at[line.text]
        if in_code(stack):
            return () if held else ("line", "space")
        if stack:
            return ("inner line",)
        if held and not heading:
            return ("space",)
        return (*(("heading",) if heading else ()), *(("blank",) if after_blank else ()), "line", "space")

    def _find_spaces(self, line: Line) -> None:
        place = self._text.find(" ", line.text + 1, line.end)
        while place >= 0:
            if self._may_cut(place):
                self._ends["inner space" if self._places.open_at[place] else "space"].append(place)
            place = self._text.find(" ", place + 1, line.end)

    def _may_cut(self, place: int) -> bool:
        """Whether a piece may end at this position inside a line."""
        char = self._text[place]
        if char == "\n" or not self._places.may_cut[place]:
            return False
        return not self._beside_mark(place - 1, place + 1 if char == " " else place)

    def _beside_mark(self, before: int, after: int) -> bool:
        """Whether a cut there would put a mark beside another mark."""
        stack = self._places.open_at[after]
        # Without open marks, and in a code block, a cut adds no mark.
        return (
            bool(stack)
            and not in_code(stack)
            and not _MARKS.isdisjoint((self._text[before], self._text[after : after + 1]))
        )

    def _cut(self, place: int) -> _Cut:
        """The cut at a position; the next piece begins after a space or quote marks."""
        line = self._lines[self._line_index(place)]
        if place == line.start:
            return _Cut(place, line.text, line.lead, line.quote, self._places.open_at[line.text])
        stack = self._places.open_at[place]
        start = place + 1 if not in_code(stack) and self._text[place : place + 1] == " " else place
        return _Cut(place, start, line.lead, line.quote, stack)

    def _line_index(self, place: int) -> int:
        return max(0, bisect_right(self._starts, place) - 1)
