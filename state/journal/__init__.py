"""The journal: every change, who made it and why; and the history of the six numbers beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

import msgspec

from core.errors import HelixError
from core.store import Database
from core.store.moments import from_us, to_us
from state.change import JournalRow
from state.models import METRICS, UCF

LIMIT: Final = 500
# Longest text kept in a column; what is longer is cut.
_NAME_LENGTH: Final = 100
_REASON_LENGTH: Final = 1_000
_SELECT: Final = "SELECT id, at_us, kind, subject, cause, actor, actor_id, reason, before, after FROM journal"
_VALUE_BYTES: Final = 64 * 1024
# Rows removed in one transaction, so that pruning never holds up the writer for long.
_PRUNE_CHUNK: Final = 2_000

_Row = tuple[int, int, str, str, str, str | None, int | None, str | None, str | None, str | None]


class JournalEntry(JournalRow, frozen=True, kw_only=True):
    """A row as it was kept: with its number and moment."""

    id: int
    at: datetime


class Journal:
    """Reads the journal. Rows come in through `StateManager.change` and `StateManager.record` only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def entries(
        self,
        *,
        subject: str | None = None,
        kinds: Collection[str] | None = None,
        since: datetime | None = None,
        before_id: int | None = None,
        limit: int = 50,
    ) -> tuple[JournalEntry, ...]:
        """Entries that fit every given condition, newest first.

        Args:
            subject: the metric, agent or thing, in any case.
            kinds: only these kinds.
            since: not older than this.
            before_id: only entries older than this one: the last of the page before.
            limit: at most so many, 500 at most.
        """
        where, values = _conditions(subject, kinds, since, before_id)
        query = f"{_SELECT}{where} ORDER BY id DESC LIMIT ?"
        values.append(max(0, min(limit, LIMIT)))

        def work(connection: sqlite3.Connection) -> tuple[JournalEntry, ...]:
            return tuple(_entry(row) for row in connection.execute(query, values))

        return await self._database.read(work)

    async def count(
        self,
        *,
        subject: str | None = None,
        kinds: Collection[str] | None = None,
        since: datetime | None = None,
    ) -> int:
        """How many entries fit every given condition."""
        where, values = _conditions(subject, kinds, since, None)
        query = f"SELECT count(*) FROM journal{where}"  # noqa: S608 - only our own column names

        def work(connection: sqlite3.Connection) -> int:
            return int(connection.execute(query, values).fetchone()[0])

        return await self._database.read(work)

    async def ucf_at(self, moment: datetime) -> UCF | None:
        """The UCF as it was at a moment; None before the first one."""
        found = await self._ucf("WHERE at_us <= ? ORDER BY at_us DESC, version DESC LIMIT 1", to_us(moment))
        return None if found is None else found[0]

    async def first_ucf(self) -> tuple[UCF, datetime] | None:
        """The oldest UCF that is kept, with its moment; None where there is none."""
        return await self._ucf("ORDER BY at_us, version LIMIT 1")

    async def _ucf(self, which: str, *values: int) -> tuple[UCF, datetime] | None:
        query = f"SELECT at_us, {', '.join(METRICS)} FROM ucf_history {which}"  # noqa: S608 - only our own words

        def work(connection: sqlite3.Connection) -> tuple[UCF, datetime] | None:
            row = connection.execute(query, values).fetchone()
            if row is None:
                return None
            return UCF(**dict(zip(METRICS, row[1:], strict=True))), from_us(row[0])

        return await self._database.read(work)

    async def prune(self, older_than: datetime) -> int:
        """Removes what is older; gives how many entries that was.

        The newest value before that moment is kept, so that the history still starts with a value.
        """
        limit_us = to_us(older_than)
        removed = 0
        while True:
            gone = await self._database.write(lambda connection: _prune_chunk(connection, limit_us))
            removed += gone
            if gone < _PRUNE_CHUNK:
                break
        await self._database.write(lambda connection: _prune_history(connection, limit_us))
        return removed


def insert_rows(connection: sqlite3.Connection, at: datetime, rows: Sequence[JournalRow]) -> None:
    """Writes rows in the transaction that is open; for `state/manager.py`.

    Raises:
        HelixError: `before` or `after` cannot be kept: no JSON, or over 64 KiB of it.
    """
    if rows:
        connection.executemany(
            "INSERT INTO journal (at_us, kind, subject, cause, actor, actor_id, reason, before, after) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    to_us(at),
                    row.kind[:_NAME_LENGTH],
                    row.subject[:_NAME_LENGTH],
                    row.cause[:_NAME_LENGTH],
                    row.actor and row.actor[:_NAME_LENGTH],
                    row.actor_id,
                    row.reason and row.reason[:_REASON_LENGTH],
                    _encoded(row.before),
                    _encoded(row.after),
                )
                for row in rows
            ],
        )


def _conditions(
    subject: str | None, kinds: Collection[str] | None, since: datetime | None, before_id: int | None
) -> tuple[str, list[str | int]]:
    conditions: list[str] = []
    values: list[str | int] = []
    if subject is not None:
        conditions.append("subject = ?")
        values.append(subject)
    if kinds is not None:
        conditions.append(f"kind IN ({', '.join('?' * len(kinds))})")
        values.extend(kinds)
    if since is not None:
        conditions.append("at_us >= ?")
        values.append(to_us(since))
    if before_id is not None:
        conditions.append("id < ?")
        values.append(before_id)
    return (f" WHERE {' AND '.join(conditions)}" if conditions else ""), values


def _entry(row: _Row) -> JournalEntry:
    return JournalEntry(
        id=row[0],
        at=from_us(row[1]),
        kind=row[2],
        subject=row[3],
        cause=row[4],
        actor=row[5],
        actor_id=row[6],
        reason=row[7],
        before=_decoded(row[8]),
        after=_decoded(row[9]),
    )


def _encoded(value: object | None) -> str | None:
    if value is None:
        return None
    try:
        text = msgspec.json.encode(value)
    except (TypeError, ValueError) as error:
        raise HelixError(f"This cannot be kept in the journal: {error}") from error
    if len(text) > _VALUE_BYTES:
        raise HelixError(f"This is too much for one journal entry: {len(text)} bytes of {_VALUE_BYTES}.")
    return text.decode()


def _decoded(text: str | None) -> object | None:
    if text is None:
        return None
    value: object = msgspec.json.decode(text)
    return value


def _prune_chunk(connection: sqlite3.Connection, limit_us: int) -> int:
    return connection.execute(
        "DELETE FROM journal WHERE id IN (SELECT id FROM journal WHERE at_us < ? ORDER BY id LIMIT ?)",
        (limit_us, _PRUNE_CHUNK),
    ).rowcount


def _prune_history(connection: sqlite3.Connection, limit_us: int) -> None:
    connection.execute(
        "DELETE FROM ucf_history WHERE at_us < ? AND version < "
        "(SELECT max(version) FROM ucf_history WHERE at_us < ?)",
        (limit_us, limit_us),
    )
