"""What somebody typed, made into a query of FTS5 that is never a syntax error."""

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
# What the tokenizer unicode61 takes for part of a word (https://www.sqlite.org/fts5.html §4.3.1).
_WORDLY: Final = frozenset("LN")
# A single letter and a star fit almost everything.
_LEAST_PREFIX: Final = 2


class WrongQuery(HelixError):
    """There is nothing in it that can be searched for; the text says what would do."""


def build_query(text: str) -> str:
    """The FTS5 query for all words and "phrases" of a text; `word*` means every word that begins so.

    Each is quoted, so whatever stands in it is text to FTS5 and never syntax.

    Raises:
        WrongQuery: it has no word, or is too long.
    """
    if len(text) > LONGEST_QUERY:
        raise WrongQuery(f"A search takes at most {LONGEST_QUERY} characters; this one has {len(text)}.")
    terms = [term for found in _TERM.finditer(straight(text)) if (term := _term(found)) is not None]
    if not terms:
        raise WrongQuery(
            'Name a word to look for, a "phrase in quotes", or the beginning of a word as `harm*`.'
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
        raise WrongQuery(f"Before `*`, name at least {_LEAST_PREFIX} letters.")
    return f'"{seen}"{" *" if star else ""}'
