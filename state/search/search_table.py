"""The search index: the table `search_docs` with FTS5 on SQLite, with tsvector columns on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from core.store.tx import Row, Sql, Tx, Value
from state.search.query import Term, as_fts5, as_tsquery

# Of all matches the newest are ranked, up to the first number; the best are returned, up to the second.
_RANKED: Final = 5_000
MOST_SHOWN: Final = 100
# The weight of a hit falls from 1 (today) to 0.5 (very old); at this age it is 0.75.
_AGED_US: Final = 30 * 24 * 3600 * 1_000_000

# ?1 is the query for FTS5, ?2 the one for PostgreSQL, ?3 the highest id. Each engine has to name them all.
_COUNT_POSTGRES: Final = (
    "SELECT count(*) FROM search_docs "
    "WHERE {words} @@ CAST(?2 AS tsquery) AND id <= ?3 AND CAST(?1 AS text) <> ''"
)
_COUNT: Final = "SELECT count(*) FROM search WHERE search MATCH ?1 AND rowid <= ?3 AND ?2 <> ''"
_AGE: Final = "(0.5 + 0.5 / (1.0 + CASE WHEN at_us < ?4 THEN ?4 - at_us ELSE 0 END * 1.0 / ?5))"
# bm25() is negative; lower is better. Its weights are for the title, for the text, and for who and why.
_BEST: Final = f"""
    SELECT hit.rowid FROM (
        SELECT rowid, bm25(search, 4.0, 1.0, 1.0) AS score FROM search
        WHERE search MATCH ?1 AND rowid <= ?3 AND ?2 <> '' ORDER BY rowid DESC LIMIT {_RANKED}
    ) AS hit JOIN search_docs ON search_docs.id = hit.rowid
    ORDER BY hit.score * {_AGE}, hit.rowid DESC LIMIT {MOST_SHOWN}
"""  # noqa: S608 - our own numbers
_BEST_POSTGRES: Final = f"""
    SELECT id FROM (
        SELECT id, at_us, ts_rank({{words}}, CAST(?2 AS tsquery)) AS score FROM search_docs
        WHERE {{words}} @@ CAST(?2 AS tsquery) AND id <= ?3 AND CAST(?1 AS text) <> ''
        ORDER BY id DESC LIMIT {_RANKED}
    ) AS hit
    ORDER BY score * {_AGE} DESC, id DESC LIMIT {MOST_SHOWN}
"""  # noqa: S608 - our own numbers


class Wanted(msgspec.Struct, frozen=True):
    """What is searched for.

    Attributes:
        terms: all of them must occur.
        people: whether who and why are searched too.
        newest: the highest id of the index that counts.
    """

    terms: tuple[Term, ...]
    people: bool
    newest: int

    def parameters(self) -> Sequence[Value]:
        """The query in the words of each engine, and the highest id."""
        return as_fts5(self.terms, people=self.people), as_tsquery(self.terms), self.newest

    def statement(self, sqlite: str, postgres: str) -> Sql:
        """The statement for each engine, over the columns that are searched."""
        return Sql(
            sqlite=sqlite, postgres=postgres.format(words="all_words" if self.people else "public_words")
        )


def newest(tx: Tx) -> int:
    """The highest id of the index; 0 if it is empty."""
    return int(tx.execute("SELECT coalesce(max(id), 0) FROM search_docs").fetchone()[0])


def count(tx: Tx, wanted: Wanted) -> int:
    """The number of matches."""
    return int(tx.execute(wanted.statement(_COUNT, _COUNT_POSTGRES), wanted.parameters()).fetchone()[0])


def best(tx: Tx, wanted: Wanted, now_us: int) -> list[int]:
    """The ids of the best matches, ranked by relevance and age, at most `MOST_SHOWN`."""
    rows = tx.execute(wanted.statement(_BEST, _BEST_POSTGRES), (*wanted.parameters(), now_us, _AGED_US))
    return [int(row[0]) for row in rows]


def read(tx: Tx, number: int) -> Row:
    """Source, its id, time, title, text, and who and why, of an entry of the index."""
    return tx.execute(
        "SELECT source, source_id, at_us, title, body, people FROM search_docs WHERE id = ?", (number,)
    ).fetchone()
