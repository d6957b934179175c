"""The journal of every change, who made it and why; and the history of the UCF's six values."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

import msgspec

from core.errors import HelixError
from core.store import Store
from core.store.moments import from_us, to_us
from core.store.tx import Tx
from state.change import JournalRow
from state.models import METRICS, UCF

LIMIT: Final = 500
# Longer texts are cut at this length.
_NAME_LENGTH: Final = 100
_REASON_LENGTH: Final = 1_000
_UCF: Final = f"SELECT at_us, {', '.join(METRICS)} FROM ucf_history"  # noqa: S608 - our own names
_COUNT: Final = "SELECT count(*) FROM journal"
_SELECT: Final = "SELECT id, at_us, kind, subject, cause, actor, actor_id, reason, before, after FROM journal"
_VALUE_BYTES: Final = 64 * 1024
# Rows deleted per transaction, so that other writes never wait long.
_PRUNE_CHUNK: Final = 2_000

_Row = tuple[int, int, str, str, str, str | None, int | None, str | None, str | None, str | None]


class JournalEntry(JournalRow, frozen=True, kw_only=True):
    """A stored row with its id and time."""

    id: int
    at: datetime


class Journal:
    """Reads the journal; only `StateManager.change` and `StateManager.record` write it."""

    def __init__(self, database: Store) -> None:
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
        """Entries that match all given conditions, newest first.

        Args:
            subject: the metric, agent or thing, ignoring case.
            kinds: only these kinds.
            since: not older than this.
            before_id: only older entries than this one: the last id of the previous page.
            limit: how many at most; 500 is the maximum.
        """
        where, values = _conditions(subject, kinds, since, before_id)
        query = f"{_SELECT}{where} ORDER BY id DESC LIMIT ?"
        values.append(max(0, min(limit, LIMIT)))

        def work(tx: Tx) -> tuple[JournalEntry, ...]:
            return tuple(_entry(row) for row in tx.execute(query, values))

        return await self._database.read(work)

    async def count(
        self,
        *,
        subject: str | None = None,
        kinds: Collection[str] | None = None,
        since: datetime | None = None,
    ) -> int:
        """Number of entries that match all given conditions."""
        where, values = _conditions(subject, kinds, since, None)
        query = f"{_COUNT}{where}"

        def work(tx: Tx) -> int:
            return int(tx.execute(query, values).fetchone()[0])

        return await self._database.read(work)

    async def ucf_at(self, moment: datetime) -> UCF | None:
        """The UCF at a time; None before the first one."""
        found = await self._ucf("WHERE at_us <= ? ORDER BY at_us DESC, version DESC LIMIT 1", to_us(moment))
        return None if found is None else found[0]

    async def first_ucf(self) -> tuple[UCF, datetime] | None:
        """The oldest stored UCF and its time; None if there is none."""
        return await self._ucf("ORDER BY at_us, version LIMIT 1")

    async def _ucf(self, which: str, *values: int) -> tuple[UCF, datetime] | None:
        query = f"{_UCF} {which}"

        def work(tx: Tx) -> tuple[UCF, datetime] | None:
            row = tx.execute(query, values).fetchone()
            if row is None:
                return None
            return UCF(**dict(zip(METRICS, row[1:], strict=True))), from_us(row[0])

        return await self._database.read(work)

    async def prune(self, older_than: datetime) -> int:
        """Deletes older entries; returns how many.

        Of the UCF history, the newest value before that time is kept, so that it still starts with a value.
        """
        limit_us = to_us(older_than)
        removed = 0
        while True:
            gone = await self._database.write(lambda tx: _prune_chunk(tx, limit_us))
            removed += gone
            if gone < _PRUNE_CHUNK:
                break
        await self._database.write(lambda tx: _prune_history(tx, limit_us))
        return removed


def insert_rows(tx: Tx, at: datetime, rows: Sequence[JournalRow]) -> None:
    """Inserts rows in the open transaction; for `state/manager.py`.

    Raises:
        HelixError: `before` or `after` cannot be stored: not JSON, or over 64 KiB of it.
    """
    if rows:
        tx.executemany(
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
        raise HelixError(f"The journal cannot store this: {error}") from error
    if len(text) > _VALUE_BYTES:
        raise HelixError(f"A journal entry holds at most {_VALUE_BYTES} bytes; this one has {len(text)}.")
    return text.decode()


def _decoded(text: str | None) -> object | None:
    if text is None:
        return None
    value: object = msgspec.json.decode(text)
    return value


def _prune_chunk(tx: Tx, limit_us: int) -> int:
    return tx.execute(
        "DELETE FROM journal WHERE id IN (SELECT id FROM journal WHERE at_us < ? ORDER BY id LIMIT ?)",
        (limit_us, _PRUNE_CHUNK),
    ).rowcount


def _prune_history(tx: Tx, limit_us: int) -> None:
    tx.execute(
        "DELETE FROM ucf_history WHERE at_us < ? AND version < "
        "(SELECT max(version) FROM ucf_history WHERE at_us < ?)",
        (limit_us, limit_us),
    )
