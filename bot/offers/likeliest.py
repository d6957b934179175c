"""Guesses which commands a message may mean."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from bot import catalog
from bot.catalog.entry import CommandEntry

# Everyone may run these everywhere.
_USUAL = ("help", "status", "agents")
_WORD = re.compile(r"[^\W_][\w-]{0,31}")
# Comparing a word with all names takes about a millisecond.
_WORDS_READ, _WORDS_COMPARED = 20, 5
# Shorter or less similar words (difflib's ratio) resemble some name by chance.
_LEAST_COMPARED, _LIKENESS = 4, 0.75


def likeliest(text: str, allowed: Sequence[CommandEntry], most: int = 3) -> tuple[CommandEntry, ...]:
    """Up to `most` of the `allowed` commands: those that `text` names or resembles, then the usual ones."""
    words = list(itertools.islice((found[0] for found in _WORD.finditer(text.casefold())), _WORDS_READ))
    found = (entry for entry in _candidates(words, allowed) if entry in allowed)
    return tuple(itertools.islice(dict.fromkeys(found), most))


def _candidates(words: Sequence[str], allowed: Sequence[CommandEntry]) -> Iterator[CommandEntry]:
    pairs = (f"{first}-{second}" for first, second in itertools.pairwise(words))
    # A single letter within a sentence is not an alias.
    exact = (word for word in words if len(word) > 1 or len(words) == 1)
    unknown = [word for word in words if len(word) >= _LEAST_COMPARED and catalog.find(word) is None]
    near = (
        name
        for word in unknown[:_WORDS_COMPARED]
        for name in catalog.suggest(word, allowed, likeness=_LIKENESS)[:1]
    )
    for name in itertools.chain(pairs, exact, near, _USUAL):
        entry = catalog.find(name)
        if entry is not None:
            yield entry
