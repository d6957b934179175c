"""Inserts incoming events in batches, and recognises those that were received before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

import msgspec

from core.errors import HelixError
from core.store.tx import Sql, Tx, Value

# Rows per statement, padded with empty rows: only a few sizes, so that SQLite compiles each once.
_SIZES: Final = (1, 4, 16, 64)
# A statement keeps the values of its last run in memory, so large bodies are inserted one by one.
_LARGE_BYTES: Final = 256 * 1024
_BY_KEY: Final = "SELECT id, digest FROM inbox WHERE key = ?"
_BY_BODY: Final = "SELECT id, digest FROM inbox WHERE body_key = ?"


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to the sender: the event's id, and whether it was received before."""

    id: str
    type: str
    duplicate: bool


class IdempotencyConflict(HelixError):
    """An idempotency key was used again with a different event."""


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


def insert(tx: Tx, arrivals: Sequence[Arrival]) -> list[Accepted | Exception]:
    """Inserts events and their handlings in the open transaction, each key once; one result per event."""
    rows = [
        (each.id, each.type, each.received_us, each.key, each.body_key, each.digest, each.data)
        for each in arrivals
    ]
    sizes = _SIZES if sum(len(each.data) for each in arrivals) <= _LARGE_BYTES else _SIZES[:1]
    kept = _insert(tx, _events_sql, rows, sizes)
    handlers = [(each.id, name) for each in arrivals for name in each.handlers]
    # An event with a known key was not inserted, so it gets no handlings.
    _insert(tx, _handlers_sql, handlers, _SIZES)
    if kept == len(arrivals):
        return [Accepted(id=each.id, type=each.type, duplicate=False) for each in arrivals]
    return [_look_up(tx, each) for each in arrivals]


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
    if bytes(found[1]) != arrival.digest:
        return IdempotencyConflict(
            "This idempotency key was used for another event. Use a new key for each event."
        )
    return Accepted(id=str(found[0]), type=arrival.type, duplicate=found[0] != arrival.id)


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
