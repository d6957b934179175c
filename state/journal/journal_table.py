"""The table `journal`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from core.store.tx import Sql, Tx, Value

_COLUMNS: Final = "id, at_us, kind, subject, cause, actor, actor_id, reason, before, after"
# Both ignore the case of ASCII only: SQLite's column by its collation; PostgreSQL has an index over lower(…).
_SUBJECT: Final = Sql(sqlite="subject = ?", postgres='lower(subject) = lower(? COLLATE "C")')


def page(
    tx: Tx,
    *,
    subject: str | None,
    kinds: Collection[str] | None,
    since_us: int | None,
    before_id: int | None,
    limit: int,
) -> list[Any]:
    """Rows of `_COLUMNS` that match all given conditions, newest first, at most `limit`."""
    where, values = _conditions(subject, kinds, since_us, before_id)
    query = "SELECT {columns} FROM journal{where} ORDER BY id DESC LIMIT ?"
    return tx.execute(_formed(query, where, columns=_COLUMNS), (*values, limit)).fetchall()


def count(
    tx: Tx,
    *,
    subject: str | None = None,
    kinds: Collection[str] | None = None,
    since_us: int | None = None,
) -> int:
    """The number of rows that match all given conditions."""
    where, values = _conditions(subject, kinds, since_us, None)
    return int(tx.execute(_formed("SELECT count(*) FROM journal{where}", where), values).fetchone()[0])


def insert(tx: Tx, rows: Sequence[Sequence[Value]]) -> None:
    """Inserts rows: time, kind, subject, cause, actor, actor's id, reason, before and after."""
    tx.executemany(
        "INSERT INTO journal (at_us, kind, subject, cause, actor, actor_id, reason, before, after) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )


def prune(tx: Tx, before_us: int, most: int) -> int:
    """Deletes at most `most` rows from before a time; returns how many."""
    return tx.execute(
        "DELETE FROM journal WHERE id IN (SELECT id FROM journal WHERE at_us < ? ORDER BY id LIMIT ?)",
        (before_us, most),
    ).rowcount


def count_by_kind(tx: Tx, since_us: int) -> Mapping[str, int]:
    """Kind to the number of rows since a time, highest first."""
    rows = tx.execute(
        "SELECT kind, count(*) FROM journal WHERE at_us >= ? GROUP BY kind ORDER BY count(*) DESC, kind",
        (since_us,),
    )
    return {str(kind): int(number) for kind, number in rows}


def size(tx: Tx) -> tuple[int, int, int | None]:
    """The number of rows, the characters of their texts, and the time of the oldest (None if empty)."""
    entries, characters, since_us = tx.execute(
        "SELECT count(*), coalesce(sum(length(kind) + length(subject) + length(cause) + "
        "coalesce(length(actor), 0) + coalesce(length(reason), 0) + coalesce(length(before), 0) + "
        "coalesce(length(after), 0)), 0), min(at_us) FROM journal"
    ).fetchone()
    return int(entries), int(characters), since_us


def _conditions(
    subject: str | None, kinds: Collection[str] | None, since_us: int | None, before_id: int | None
) -> tuple[list[str], list[Value]]:
    found: list[tuple[str, Sequence[Value]]] = []
    if subject is not None:
        found.append((_SUBJECT, (subject,)))
    if kinds is not None:
        found.append((f"kind IN ({', '.join('?' * len(kinds)) or 'NULL'})", tuple(kinds)))
    if since_us is not None:
        found.append(("at_us >= ?", (since_us,)))
    if before_id is not None:
        found.append(("id < ?", (before_id,)))
    return [condition for condition, _ in found], [value for _, values in found for value in values]


def _formed(query: str, conditions: Sequence[str], **parts: str) -> Sql:
    def form(texts: Sequence[str]) -> str:
        return query.format(where=f" WHERE {' AND '.join(texts)}" if texts else "", **parts)

    return Sql(
        sqlite=form(conditions),
        postgres=form([text.postgres if isinstance(text, Sql) else text for text in conditions]),
    )
