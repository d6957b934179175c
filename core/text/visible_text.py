"""Makes people's text safe to show within a line: no invisible characters, no change of direction."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Unicode's Bidi_Control (UAX #9): invisible characters that change the direction of the text around them.
_DIRECTIONS: Final = dict.fromkeys((0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_FIRST_STRONG, _END_ISOLATE = "\u2068", "\u2069"
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "AN"})

# Control, format, surrogate and private characters, unassigned ones, and line and paragraph separators.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Visible although of category Cf: Unicode's Prepended_Concatenation_Mark.
_SEEN_FORMAT: Final = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
# Unicode's range for emoji; it may hold emoji that this Python does not know yet.
_EMOJI: Final = range(0x1F000, 0x1FB00)
# The flags of England, Scotland and Wales are a black flag and tags (UTS #51, "Emoji Tag Sequence").
_FLAG: Final = re.compile("(\U0001f3f4[\U000e0030-\U000e007a]{1,6}\U000e007f)")
_JOINER, _PICTURE = "\u200d", "\ufe0f"
# U+200C and U+180E also only shape the letters around them.
_SHAPING: Final = frozenset({_JOINER, "\u200c", "\u180e"})
_LETTERS: Final = frozenset({"Lo", "Mn", "Mc"})


def one_line(text: str) -> str:
    """`text` on one line, in NFC, without invisible characters.

    Joiners (such as U+200C and U+200D) are kept where they change what is shown: inside an emoji such as ❤️‍🔥,
    and between letters of scripts without capitals, such as Arabic and Indic ones.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    # A removal may let its neighbours combine, so repeat until nothing changes.
    while (cleaned := _clean(text)) != text:
        text = cleaned
    return text


def without_directions(text: str) -> str:
    """`text` without the characters that change the reading direction."""
    return text if text.isascii() else text.translate(_DIRECTIONS)


def isolate(text: str) -> str:
    """Isolates right-to-left text, so that what follows it in the line keeps its place."""
    if text.isascii() or not any(unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for char in text):
        return text
    return f"{_FIRST_STRONG}{text}{_END_ISOLATE}"


def _clean(text: str) -> str:
    pieces = _FLAG.split(text)
    pieces[::2] = ["".join(filter(_may_be_seen, piece)) for piece in pieces[::2]]
    line = " ".join(unicodedata.normalize("NFC", "".join(pieces)).split())
    return "".join(
        char
        for place, char in enumerate(line)
        if char not in _SHAPING or _joins(char, line[max(0, place - 1) : place], line[place + 1 : place + 2])
    )


def _may_be_seen(char: str) -> bool:
    return char.isspace() or char in _SHAPING or char in _SEEN_FORMAT or _kind(char) not in _UNSEEN


def _joins(joiner: str, before: str, after: str) -> bool:
    """Whether a joiner changes how its neighbours look."""
    if not before or not after:
        return False
    if _kind(before) in _LETTERS and _kind(after) in _LETTERS:
        return True
    drawn = before == _PICTURE or _kind(before) in {"So", "Sk"}
    return joiner == _JOINER and drawn and _kind(after) in {"So", "Sm"}


def _kind(char: str) -> str:
    """The Unicode category; an emoji that this Python does not know counts as a symbol."""
    category = unicodedata.category(char)
    return "So" if category == "Cn" and ord(char) in _EMOJI else category
