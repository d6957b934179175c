"""Full-text search over the journal, rituals, checkpoints and directives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from core.clock import Clock
from core.store import Store, Tx
from core.store.moments import from_us, to_us
from state.search import search_table
from state.search.query import Term, parse_query
from state.search.search_table import MOST_SHOWN, Wanted
from state.search.snippet import HIT_BEGINS, HIT_ENDS, mark

__all__ = ["HIT_BEGINS", "HIT_ENDS", "MOST_SHOWN", "Found", "Hit", "Search"]

_TITLE_WORDS: Final = 64
_TEXT_WORDS: Final = 18


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One match; its texts have `HIT_BEGINS` and `HIT_ENDS` around the matching words.

    Attributes:
        source: "journal", "ritual", "context" or "directive".
        id: its id there.
        people: who and why; None if that may not be shown.
    """

    source: str
    id: int
    at: datetime
    title: str
    text: str
    people: str | None


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One page of the matches of a query, best first.

    Attributes:
        total: number of matches; at most `MOST_SHOWN` of them are shown.
        newest: pass it to `find` for further pages of the same list.
    """

    hits: tuple[Hit, ...]
    total: int
    newest: int

    @property
    def shown(self) -> int:
        """Number of hits over all pages."""
        return min(self.total, MOST_SHOWN)


class Search:
    """Reads the search index; triggers update it in the transactions of the searched tables."""

    def __init__(self, database: Store, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def find(
        self, text: str, *, people: bool, newest: int | None = None, offset: int = 0, limit: int = 5
    ) -> Found:
        """Finds what matches all words of a text, ranked by relevance and age.

        Args:
            text: words, "phrases" and beginnings* of words.
            people: whether who and why are searched and returned.
            newest: `Found.newest` of the first page.
            offset: how many of the best to skip.
            limit: how many to return at most.

        Raises:
            WrongQuery: the text contains nothing to search for.
        """
        terms = parse_query(text)
        now_us = to_us(self._clock.now())

        def work(tx: Tx) -> Found:
            last = newest if newest is not None else search_table.newest(tx)
            wanted = Wanted(terms, people, last)
            best = search_table.best(tx, wanted, now_us)[offset : offset + limit]
            return Found(
                hits=tuple(_hit(tx, terms, number, people=people) for number in best),
                total=search_table.count(tx, wanted),
                newest=last,
            )

        return await self._database.read(work)


def _hit(tx: Tx, terms: Sequence[Term], number: int, *, people: bool) -> Hit:
    source, number, at_us, title, body, who = search_table.read(tx, number)
    return Hit(
        source=source,
        id=number,
        at=from_us(at_us),
        title=mark(title, terms, _TITLE_WORDS),
        text=mark(body, terms, _TEXT_WORDS),
        people=mark(who, terms, _TEXT_WORDS) if people and who else None,
    )
