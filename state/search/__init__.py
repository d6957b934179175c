"""Full-text search over the journal, rituals, checkpoints and directives."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from core.clock import Clock
from core.store import Store
from core.store.moments import from_us, to_us
from core.store.tx import Tx
from state.search.query import build_query

# Markers around a hit in a text; control characters, which searched texts do not contain.
HIT_BEGINS: Final = "\x02"
HIT_ENDS: Final = "\x03"

# Of all matches the newest are ranked, up to the first number; the best are shown, up to the second.
_RANKED: Final = 5_000
MOST_SHOWN: Final = 100
_SNIPPET_WORDS: Final = 18
# The weight of a hit falls from 1 (today) to 0.5 (very old); at this age it is 0.75.
_AGED_US: Final = 30 * 24 * 3600 * 1_000_000

_PUBLIC: Final = "{title body}"


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
        """Finds what matches all words of a text, ranked by BM25 and age.

        Args:
            text: words, "phrases" and beginnings* of words.
            people: whether who and why are searched and returned.
            newest: `Found.newest` of the first page.
            offset: how many of the best to skip.
            limit: how many to return at most.

        Raises:
            WrongQuery: the text contains nothing to search for.
        """
        query = build_query(text)
        match = query if people else f"{_PUBLIC} : ({query})"
        now_us = to_us(self._clock.now())

        def work(tx: Tx) -> Found:
            last = newest if newest is not None else _newest(tx)
            total = tx.execute(
                "SELECT count(*) FROM search WHERE search MATCH ? AND rowid <= ?", (match, last)
            ).fetchone()[0]
            best = _best(tx, match, last, now_us)[offset : offset + limit]
            return Found(
                hits=tuple(_hit(tx, match, number, people=people) for number in best),
                total=int(total),
                newest=last,
            )

        return await self._database.read(work)


def _newest(tx: Tx) -> int:
    return int(tx.execute("SELECT coalesce(max(id), 0) FROM search_docs").fetchone()[0])


def _best(tx: Tx, match: str, last: int, now_us: int) -> list[int]:
    # bm25() is negative; lower is better. Its weights are for the title, for the text, and for who and why.
    rows = tx.execute(
        """SELECT hit.rowid FROM (
            SELECT rowid, bm25(search, 4.0, 1.0, 1.0) AS score FROM search
            WHERE search MATCH ?1 AND rowid <= ?2 ORDER BY rowid DESC LIMIT ?4
        ) AS hit JOIN search_docs ON search_docs.id = hit.rowid
        ORDER BY hit.score * (0.5 + 0.5 / (1.0 + max(0, ?3 - search_docs.at_us) * 1.0 / ?5)),
            hit.rowid DESC
        LIMIT ?6""",
        (match, last, now_us, _RANKED, _AGED_US, MOST_SHOWN),
    )
    return [int(row[0]) for row in rows]


def _hit(tx: Tx, match: str, number: int, *, people: bool) -> Hit:
    source, number, at_us, title, text, who = tx.execute(
        """SELECT source, source_id, at_us, snippet(search, 0, ?3, ?4, '…', 64),
            snippet(search, 1, ?3, ?4, '…', ?5), snippet(search, 2, ?3, ?4, '…', ?5)
        FROM search JOIN search_docs ON search_docs.id = search.rowid
        WHERE search MATCH ?1 AND search.rowid = ?2""",
        (match, number, HIT_BEGINS, HIT_ENDS, _SNIPPET_WORDS),
    ).fetchone()
    people_shown = (who or None) if people else None
    return Hit(source=source, id=number, at=from_us(at_us), title=title, text=text, people=people_shown)
