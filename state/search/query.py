"""Turns what a person typed into terms, and these into a query that is always valid."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

import msgspec

from core.errors import HelixError
from core.text.quotation import straight
from state.search.words import words_of

LONGEST_QUERY: Final = 200
MOST_TERMS: Final = 12

# A phrase in quotes (the closing one may be missing), or a word; either may end in a star.
_TERM: Final = re.compile(r'"([^"]*)(?:"(\*?)|$)|([^\s"]+)')
# A single letter with a star would match almost everything.
_LEAST_PREFIX: Final = 2


class WrongQuery(HelixError):
    """The text cannot be searched for; the error says what can."""


class Term(msgspec.Struct, frozen=True):
    """A word, or the words of a phrase, folded; with `prefix` the last one is the beginning of a word."""

    text: str
    words: tuple[str, ...]
    prefix: bool

    def matches(self, words: Sequence[str]) -> bool:
        """Whether these words, of the same number, are the term's."""
        *before, last = self.words
        return list(words[:-1]) == before and (
            words[-1].startswith(last) if self.prefix else words[-1] == last
        )


def parse_query(text: str) -> tuple[Term, ...]:
    """The words and "phrases" of a text; `word*` matches every word that begins with it.

    Raises:
        WrongQuery: the text contains no word, or is too long.
    """
    if len(text) > LONGEST_QUERY:
        raise WrongQuery(f"A search takes at most {LONGEST_QUERY} characters; this one has {len(text)}.")
    terms = tuple(term for found in _TERM.finditer(straight(text)) if (term := _term(found)) is not None)
    if not terms:
        raise WrongQuery(
            'Type a word to search for, a "phrase in quotes", or the beginning of a word, such as `harm*`.'
        )
    if len(terms) > MOST_TERMS:
        raise WrongQuery(f"A search takes at most {MOST_TERMS} words or phrases; this one has {len(terms)}.")
    return terms


def as_fts5(terms: Sequence[Term], *, people: bool) -> str:
    """The query for SQLite's FTS5; each term is quoted, so that it is never read as syntax.

    Without `people`, only title and text are searched.
    """
    query = " ".join(f'"{term.text}"{" *" if term.prefix else ""}' for term in terms)
    return query if people else f"{{title body}} : ({query})"


def as_tsquery(terms: Sequence[Term]) -> str:
    """The query for PostgreSQL; its words hold letters and digits alone."""
    return " & ".join(
        "(" + " <-> ".join(f"'{word}'" for word in term.words) + (":*" if term.prefix else "") + ")"
        for term in terms
    )


def _term(found: re.Match[str]) -> Term | None:
    phrase, star, word = found.groups()
    if word is not None:
        phrase, star = (word.rstrip("*"), "*") if word.endswith("*") else (word, "")
    text = "".join(char if unicodedata.category(char)[0] != "C" else " " for char in phrase).strip()
    words = tuple(word.folded for word in words_of(text))
    if not words:
        return None
    if star and sum(map(len, words)) < _LEAST_PREFIX:
        raise WrongQuery(f"Type at least {_LEAST_PREFIX} letters before `*`.")
    return Term(text, words, bool(star))
