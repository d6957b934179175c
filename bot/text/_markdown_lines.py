"""The lines of a Markdown text, and which of them are quotes (Discord's `> ` and `>>> `)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_QUOTE: Final = re.compile(r" *> ")
_QUOTE_TO_THE_END: Final = re.compile(r" *>>> ")
_FENCED: Final = re.compile(r"```[\s\S]*?```")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text, by positions in that text.

    Attributes:
        start: the position of its first character.
        end: the position of the next line.
        lead: the quote mark that a piece needs if it begins in this line; empty outside quotes.
        quote: the quote mark that each line of the quote needs; empty outside quotes and in `>>>` quotes.
        past: the position after the line's quote mark; 0 if it has none.
    """

    start: int
    end: int
    lead: str = ""
    quote: str = ""
    past: int = 0

    @property
    def text(self) -> int:
        """The position of its text, after a quote mark."""
        return max(self.start, self.past)


def regions(text: str) -> Iterator[list[Line]]:
    """The lines of a text in groups; each quote is one group. Quote marks in a code block do not count."""
    lines: list[Line] = []
    fence = _FENCED.search(text)
    for start, end in _line_bounds(text):
        if fence is not None and fence.end() <= start:
            fence = _FENCED.search(text, start)
        found = None
        if fence is None or not fence.start() < start:
            if (rest := _QUOTE_TO_THE_END.match(text, start, end)) is not None:
                yield from filter(None, (lines,))
                following = (Line(*bounds, ">>> ") for bounds in _line_bounds(text, end))
                yield [Line(start, end, ">>> ", past=rest.end()), *following]
                return
            found = _QUOTE.match(text, start, end)
        if lines and bool(found) != bool(lines[-1].quote):
            yield lines
            lines = []
        lines.append(Line(start, end) if found is None else Line(start, end, "> ", "> ", found.end()))
        if found is not None and fence is not None and fence.start() < end:
            # The code block is part of the quote and ends with it.
            fence = _FENCED.search(text, end)
    if lines:
        yield lines


def _line_bounds(text: str, start: int = 0) -> Iterator[tuple[int, int]]:
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield start, end
        start = end
