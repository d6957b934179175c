"""Finds the open constructs of Discord's Markdown at each position of a text, and where it may be cut."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

FENCE: Final = "```"
# These break when they are cut: escapes, tags and addresses in <>, links, :emoji:.
_WHOLE: Final = re.compile(
    r"\\[^0-9A-Za-z\s]"
    r"|</[^<>\n]{1,100}>|<[^<>\s]+>"
    r"|!?\[[^\[\]\n]*\]\([^)\n]*\)"
    r"|https?://[^\s<>]+"
    r"|:[\w+-]+:"
)
_FENCED: Final = re.compile(r"```(?:([\w+.#-]{0,20})\n)?([\s\S]+?)```")
_CODE: Final = re.compile(r"(`{1,2})(?!`)([\s\S]*?[^`])\1(?!`)")
_TICKS: Final = re.compile("`*")
# Pairs of marks, in the order in which Discord looks for them: `**` before `*`. Unlike Discord, this does not
# pair single stars inside words or in two paragraphs, since the author hardly meant a pair.
_PAIRS: Final = tuple(
    (mark, re.compile(pattern))
    for mark, pattern in (
        ("||", r"\|\|([\s\S]+?)\|\|"),
        ("**", r"\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)"),
        ("__", r"__((?:\\[\s\S]|[^\\])+?)__(?!_)"),
        ("~~", r"~~([\s\S]+?)~~"),
        ("*", r"(?<!\w)\*(?![\s*])((?:\\[\s\S]|(?!\n\s*\n)[^*\\]|\*\*[^*]+\*\*)+?)(?<!\s)\*(?![*\w])"),
        ("_", r"(?<!\w)_(?!_)((?:\\[\s\S]|(?!\n\s*\n)[^_\\]|__[^_]+__)+?)_(?!\w)"),
    )
)
_SPECIAL: Final = re.compile(r"[\\<!\[h:`|*_~]")
_SKIN_TONES: Final = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS: Final = range(0x1F1E6, 0x1F200)
_JOINER: Final = "\u200d"


@dataclass(frozen=True, slots=True)
class Span:
    """A construct that may be cut: `closer` ends it in one piece, `opener` begins it again in the next."""

    opener: str
    closer: str

    @property
    def is_fence(self) -> bool:
        """Whether it is a code block."""
        return self.closer == FENCE


Stack = tuple[Span, ...]


def in_code(stack: Stack) -> bool:
    """Whether a code block is open."""
    # Nothing opens inside a code block.
    return bool(stack) and stack[-1].is_fence


class Places:
    """The positions of a text; position n is before character n.

    Attributes:
        open_at: for each position, the open constructs, outermost first.
        may_cut: for each position, whether a cut there leaves the text's meaning unchanged.
    """

    def __init__(self, text: str) -> None:
        self.open_at: list[Stack] = [()] * (len(text) + 1)
        self.may_cut = _boundaries(text)

    def read(self, text: str, where: Sequence[int], stack: Stack = ()) -> None:
        """Read a part of the text; `where` holds the position of each of its characters, and of its end."""
        place = 0
        while (found := _SPECIAL.search(text, place)) is not None:
            place = self._construct(text, found.start(), where, stack)

    def _construct(self, text: str, start: int, where: Sequence[int], stack: Stack) -> int:
        """Read the construct at `start`; return the index at which reading goes on."""
        if whole := _WHOLE.match(text, start):
            self._forbid(where, start + 1, whole.end())
            return whole.end()
        if text[start] == "`":
            return self._code(text, start, where, stack)
        for mark, pattern in _PAIRS:
            if any(span.opener == mark for span in stack):
                continue
            # Two marks with one inside a code block and one outside are not a pair.
            if (pair := pattern.match(text, start)) is not None and not _ends_in_code(text, *pair.span()):
                inside = (*stack, Span(mark, mark))
                self._pair(text, pair.span(1), where, inside)
                self.read(pair[1], where[pair.start(1) : pair.end(1) + 1], inside)
                return pair.end()
        return start + 1

    def _code(self, text: str, start: int, where: Sequence[int], stack: Stack) -> int:
        if (fenced := _FENCED.match(text, start)) is not None:
            inner, span = fenced.span(2), Span(f"{FENCE}{fenced[1] or ''}\n", FENCE)
            self._enter(inner, where, (*stack, span))
            self._forbid(where, start + 1, inner[0] + 1)
            self._forbid(where, inner[1], fenced.end())
            return fenced.end()
        if (code := _CODE.match(text, start)) is not None:
            self._pair(text, code.span(2), where, (*stack, Span(code[1], code[1])))
            return code.end()
        return start + len(_TICKS.findall(text, start)[0])

    def _pair(self, text: str, inner: tuple[int, int], where: Sequence[int], stack: Stack) -> None:
        """Record the text between two marks; forbid cuts that would leave one side empty."""
        start, end = inner
        content, size = text[start:end], len(stack[-1].opener)
        self._enter(inner, where, stack)
        self._forbid(where, start - size + 1, start + len(content) - len(content.lstrip()) + 1)
        self._forbid(where, start + len(content.rstrip()), end + size)

    def _enter(self, inner: tuple[int, int], where: Sequence[int], stack: Stack) -> None:
        for place in range(inner[0], inner[1] + 1):
            self.open_at[where[place]] = stack

    def _forbid(self, where: Sequence[int], start: int, end: int) -> None:
        for place in range(start, end):
            self.may_cut[where[place]] = False


def _ends_in_code(text: str, start: int, end: int) -> bool:
    """Whether a code block that begins between `start` and `end` ends later."""
    place = start
    while (fenced := _FENCED.search(text, place)) is not None and fenced.start() < end:
        if fenced.end() > end:
            return True
        place = fenced.end()
    return False


def _boundaries(text: str) -> list[bool]:
    """For each position, whether a cut there keeps every visible character whole."""
    if text.isascii():
        return [True] * (len(text) + 1)
    free, letters, before = [True], 0, ""
    for char in text:
        clings = unicodedata.category(char) in {"Mn", "Mc", "Me", "Cf"} or ord(char) in _SKIN_TONES
        letters = letters + 1 if ord(char) in _FLAG_LETTERS else 0
        # Two regional indicator letters are one flag.
        free.append(True)
        free[-2] = not clings and before != _JOINER and not (letters and letters % 2 == 0)
        before = char
    free[0] = True
    return free
