"""Marks the hits in a text, and cuts a long text to the words around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from state.search.query import Term
from state.search.words import Word, words_of

# Markers around a hit in a text; control characters, which searched texts do not contain.
HIT_BEGINS: Final = "\x02"
HIT_ENDS: Final = "\x03"
_CUT: Final = "…"


def mark(text: str, terms: Sequence[Term], most_words: int) -> str:
    """At most `most_words` words of a text, those with most hits, with markers around each hit."""
    words = tuple(words_of(text))
    hits = [span for term in terms for span in _spans(words, term)]
    first = _window(len(words), hits, most_words)
    last = min(first + most_words, len(words)) - 1
    start = 0 if first == 0 else words[first].start
    end = len(text) if last == len(words) - 1 else words[last].end
    shown = text[start:end]
    for begin, stop in sorted(_merged(hits, first, last), reverse=True):
        left, right = words[begin].start - start, words[stop].end - start
        shown = f"{shown[:left]}{HIT_BEGINS}{shown[left:right]}{HIT_ENDS}{shown[right:]}"
    return f"{_CUT if start else ''}{shown}{_CUT if end < len(text) else ''}"


def _spans(words: Sequence[Word], term: Term) -> list[tuple[int, int]]:
    """First and last word of each place where the term occurs."""
    size = len(term.words)
    return [
        (place, place + size - 1)
        for place in range(len(words) - size + 1)
        if term.matches([word.folded for word in words[place : place + size]])
    ]


def _window(count: int, hits: Sequence[tuple[int, int]], most: int) -> int:
    """The first word of the window with most hits; a window begins a little before its first hit."""
    if count <= most or not hits:
        return 0
    starts = [max(0, min(begin - most // 4, count - most)) for begin, _ in hits]
    return max(
        starts, key=lambda start: (sum(start <= begin and end < start + most for begin, end in hits), -start)
    )


def _merged(hits: Sequence[tuple[int, int]], first: int, last: int) -> list[tuple[int, int]]:
    """The hits within a window, with overlapping ones as one."""
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(hit for hit in hits if first <= hit[0] and hit[1] <= last):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged
