"""Turns what a person typed into an FTS5 query that is always valid."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from core.errors import HelixError
from core.text.quotation import straight

LONGEST_QUERY: Final = 200
MOST_TERMS: Final = 12

# A phrase in quotes (the closing one may be missing), or a word; either may end in a star.
_TERM: Final = re.compile(r'"([^"]*)(?:"(\*?)|$)|([^\s"]+)')
# Unicode categories that the tokenizer unicode61 counts as parts of words (sqlite.org/fts5.html §4.3.1).
_WORDLY: Final = frozenset("LN")
# A single letter with a star would match almost everything.
_LEAST_PREFIX: Final = 2


class WrongQuery(HelixError):
    """The text cannot be searched for; the error says what can."""


def build_query(text: str) -> str:
    """The FTS5 query for all words and "phrases" of a text; `word*` matches every word that begins with it.

    Each term is quoted, so that FTS5 never reads it as syntax.

    Raises:
        WrongQuery: the text contains no word, or is too long.
    """
    if len(text) > LONGEST_QUERY:
        raise WrongQuery(f"A search takes at most {LONGEST_QUERY} characters; this one has {len(text)}.")
    terms = [term for found in _TERM.finditer(straight(text)) if (term := _term(found)) is not None]
    if not terms:
        raise WrongQuery(
            'Type a word to search for, a "phrase in quotes", or the beginning of a word, such as `harm*`.'
        )
    if len(terms) > MOST_TERMS:
        raise WrongQuery(f"A search takes at most {MOST_TERMS} words or phrases; this one has {len(terms)}.")
    return " ".join(terms)


def _term(found: re.Match[str]) -> str | None:
    phrase, star, word = found.groups()
    if word is not None:
        phrase, star = (word.rstrip("*"), "*") if word.endswith("*") else (word, "")
    seen = "".join(char if unicodedata.category(char)[0] != "C" else " " for char in phrase).strip()
    letters = sum(unicodedata.category(char)[0] in _WORDLY for char in seen)
    if letters == 0:
        return None
    if star and letters < _LEAST_PREFIX:
        raise WrongQuery(f"Type at least {_LEAST_PREFIX} letters before `*`.")
    return f'"{seen}"{" *" if star else ""}'
