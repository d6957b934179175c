"""Inserts incoming events in groups, and recognises those that were received before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

import msgspec

from core.errors import HelixError
from core.store.errors import StoreError
from core.store.one_statement import OneStatement
from core.store.tx import Row, Sql, Tx, Value

# Rows per statement, padded with empty rows: only a few sizes, so that SQLite compiles each once.
_SIZES: Final = (1, 4, 16, 64)
# A statement keeps the values of its last run in memory, so large bodies are inserted one by one.
_LARGE_BYTES: Final = 256 * 1024
# PostgreSQL's only statement for a group. The numbers of new events follow the order of arrival, but they are
# inserted in the order of their keys, so that two processes do not wait for each other. It returns the
# arrivals that were not inserted, each with the event that holds its id or key, if the statement can see it.
_GROUP: Final = """
    WITH given AS MATERIALIZED (
        SELECT nextval(CAST((SELECT pg_get_serial_sequence('inbox', 'seq')) AS regclass)) AS seq, arrivals.*
        FROM unnest(CAST(?1 AS text[]), CAST(?2 AS text[]), CAST(?3 AS bigint[]), CAST(?4 AS text[]),
            CAST(?5 AS text[]), CAST(?6 AS bytea[]), CAST(?7 AS bytea[])
        ) WITH ORDINALITY AS arrivals (id, type, received_us, key, body_key, digest, data, place)
    ), added AS (
        INSERT INTO inbox (seq, id, type, received_us, key, body_key, digest, data)
        SELECT seq, id, type, received_us, key, body_key, digest, data FROM given
        ORDER BY key, body_key, place
        ON CONFLICT DO NOTHING
        RETURNING seq, id, received_us, key, body_key, digest
    ), begun AS (
        INSERT INTO handling (event, handler, status, next_us)
        SELECT added.seq, wanted.handler, 'accepted', added.received_us
        FROM unnest(CAST(?8 AS text[]), CAST(?9 AS text[])) AS wanted (id, handler)
        JOIN added ON added.id = wanted.id
    ), known AS (
        SELECT * FROM given WHERE NOT EXISTS (SELECT FROM added WHERE added.seq = given.seq)
    )
    SELECT known.place, holder.id, holder.digest FROM known LEFT JOIN LATERAL (
        SELECT id, digest FROM (
            SELECT 0 AS turn, id, digest FROM inbox WHERE inbox.id = known.id
            UNION ALL SELECT 1, id, digest FROM inbox WHERE inbox.key = known.key
            UNION ALL SELECT 1, id, digest FROM added WHERE added.key = known.key
            UNION ALL SELECT 2, id, digest FROM inbox WHERE inbox.body_key = known.body_key
            UNION ALL SELECT 2, id, digest FROM added WHERE added.body_key = known.body_key
        ) AS holders ORDER BY turn LIMIT 1
    ) AS holder ON TRUE
"""
_BY_KEY: Final = "SELECT id, digest FROM inbox WHERE key = ?"
_BY_BODY: Final = "SELECT id, digest FROM inbox WHERE body_key = ?"


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to the sender: the event's id, and whether it was received before."""

    id: str
    type: str
    duplicate: bool


class IdempotencyConflict(HelixError):
    """An idempotency key was used again with a different event."""


class KeyTaken(StoreError):
    """Another process has just stored an event with the same key; a second try sees which."""


class Arrival(msgspec.Struct, frozen=True):
    """An event to insert; the fields up to `data` are a row of the table `inbox`."""

    id: str
    type: str
    received_us: int
    key: str | None
    body_key: str | None
    digest: bytes
    data: bytes
    handlers: tuple[str, ...]


def _insert_in_batches(tx: Tx, arrivals: Sequence[Arrival]) -> list[Accepted | Exception]:
    """What `insert` does, in statements that suit SQLite."""
    rows = _rows(arrivals)
    sizes = _SIZES if sum(len(each.data) for each in arrivals) <= _LARGE_BYTES else _SIZES[:1]
    kept = _insert(tx, _events_sql, rows, sizes)
    handlers = _wanted(arrivals)
    # An event with a known key was not inserted, so it gets no handlings.
    _insert(tx, _handlers_sql, handlers, _SIZES)
    if kept == len(arrivals):
        return [Accepted(id=each.id, type=each.type, duplicate=False) for each in arrivals]
    return [_look_up(tx, each) for each in arrivals]


def _rows(arrivals: Sequence[Arrival]) -> list[tuple[Value, ...]]:
    return [
        (each.id, each.type, each.received_us, each.key, each.body_key, each.digest, each.data)
        for each in arrivals
    ]


def _wanted(arrivals: Sequence[Arrival]) -> list[tuple[str, str]]:
    """Each event's id with each of its handlers."""
    return [(each.id, name) for each in arrivals for name in each.handlers]


def _bind_group(arrivals: Sequence[Arrival]) -> list[list[Value]]:
    """The columns of all arrivals, then those of their handlers."""
    columns = [list(column) for column in zip(*_rows(arrivals), strict=True)]
    wanted = _wanted(arrivals)
    return [*columns, [event for event, _ in wanted], [handler for _, handler in wanted]]


def _read_group(arrivals: Sequence[Arrival], rows: Sequence[Row]) -> list[Accepted | Exception]:
    known = {int(place): holder for place, *holder in rows}
    return [
        _answer(each, *known[place])
        if place in known
        else Accepted(id=each.id, type=each.type, duplicate=False)
        for place, each in enumerate(arrivals, 1)
    ]


# Inserts events and their handlings, each key once; one result for each event.
insert: Final = OneStatement(_GROUP, _bind_group, _read_group, sqlite=_insert_in_batches)


def _insert(
    tx: Tx,
    statement: Callable[[int], str],
    rows: Sequence[tuple[Value, ...]],
    sizes: Sequence[int],
) -> int:
    """Inserts rows and returns how many; `statement` returns the SQL for a number of rows."""
    inserted, start = 0, 0
    while left := min(len(rows) - start, sizes[-1]):
        size = next(size for size in sizes if size >= left)
        values: list[Value] = [value for row in rows[start : start + left] for value in row]
        values += [None] * ((size - left) * len(rows[0]))
        inserted += tx.execute(statement(size), values).rowcount
        start += left
    return inserted


def _look_up(tx: Tx, arrival: Arrival) -> Accepted | Exception:
    found = next(
        (
            row
            for query, value in ((_BY_KEY, arrival.key), (_BY_BODY, arrival.body_key))
            if value is not None and (row := tx.execute(query, (value,)).fetchone()) is not None
        ),
        None,
    )
    if found is None:
        return Accepted(id=arrival.id, type=arrival.type, duplicate=False)
    return _answer(arrival, *found)


def _answer(arrival: Arrival, holder: str | None, digest: bytes | None) -> Accepted | Exception:
    """The result of an arrival whose id or key an event holds; None if nobody knows which."""
    if holder is None or digest is None:
        return KeyTaken("An event with this idempotency key is being stored at the same time. Try again.")
    if bytes(digest) != arrival.digest:
        return IdempotencyConflict(
            "This idempotency key was used for another event. Use a new key for each event."
        )
    return Accepted(id=str(holder), type=arrival.type, duplicate=holder != arrival.id)


@cache
def _events_sql(rows: int) -> str:
    marks = ", ".join(["(?, ?, ?, ?, ?, ?, ?)"] * rows)
    values = f"VALUES {marks}"
    if rows > 1:
        values = f"SELECT * FROM ({values}) AS arrivals WHERE column1 IS NOT NULL"  # noqa: S608 - marks
    return (
        f"INSERT INTO inbox (id, type, received_us, key, body_key, digest, data) {values} "
        "ON CONFLICT DO NOTHING"
    )


@cache
def _handlers_sql(rows: int) -> str:
    if rows == 1:
        return (
            "INSERT INTO handling (event, handler, status, next_us) "
            "SELECT seq, ?2, 'accepted', received_us FROM inbox WHERE id = ?1"
        )
    marks = ", ".join(["(?, ?)"] * rows)
    statement = (
        "INSERT INTO handling (event, handler, status, next_us) "  # noqa: S608 - marks
        f"SELECT seq, column2, 'accepted', received_us FROM (VALUES {marks}) AS pairs "
        "{join} inbox ON inbox.id = column1"
    )
    # CROSS JOIN fixes SQLite's order: look up the inbox by index for each row. Empty rows match nothing.
    return Sql(sqlite=statement.format(join="CROSS JOIN"), postgres=statement.format(join="JOIN"))
