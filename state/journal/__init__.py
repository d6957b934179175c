"""The journal of every change, who made it and why; and the history of the UCF's six values."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from core.errors import HelixError
from core.store import Store
from core.store.moments import from_us, to_us
from core.store.tx import Tx
from state.change import JournalRow
from state.journal import journal_table, ucf_history_table
from state.models import METRICS, UCF

LIMIT: Final = 500
# Longer texts are cut at this length.
_NAME_LENGTH: Final = 100
_REASON_LENGTH: Final = 1_000
_VALUE_BYTES: Final = 64 * 1024
# Rows deleted per transaction, so that other writes never wait long.
_PRUNE_CHUNK: Final = 2_000


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
        since_us = None if since is None else to_us(since)
        most = max(0, min(limit, LIMIT))
        rows = await self._database.read(
            lambda tx: journal_table.page(
                tx, subject=subject, kinds=kinds, since_us=since_us, before_id=before_id, limit=most
            )
        )
        return tuple(_entry(row) for row in rows)

    async def count(
        self,
        *,
        subject: str | None = None,
        kinds: Collection[str] | None = None,
        since: datetime | None = None,
    ) -> int:
        """Number of entries that match all given conditions."""
        since_us = None if since is None else to_us(since)
        return await self._database.read(
            lambda tx: journal_table.count(tx, subject=subject, kinds=kinds, since_us=since_us)
        )

    async def ucf_at(self, moment: datetime) -> UCF | None:
        """The UCF at a time; None before the first one."""
        found = await self._database.read(lambda tx: ucf_history_table.at(tx, to_us(moment)))
        return None if found is None else read_ucf(found)[0]

    async def first_ucf(self) -> tuple[UCF, datetime] | None:
        """The oldest stored UCF and its time; None if there is none."""
        found = await self._database.read(ucf_history_table.first)
        return None if found is None else read_ucf(found)

    async def prune(self, older_than: datetime) -> int:
        """Deletes older entries; returns how many.

        Of the UCF history, the newest value before that time is kept, so that it still starts with a value.
        """
        limit_us = to_us(older_than)
        removed = 0
        while True:
            gone = await self._database.write(lambda tx: journal_table.prune(tx, limit_us, _PRUNE_CHUNK))
            removed += gone
            if gone < _PRUNE_CHUNK:
                break
        await self._database.write(lambda tx: ucf_history_table.prune(tx, limit_us))
        return removed


def insert_rows(tx: Tx, at: datetime, rows: Sequence[JournalRow]) -> None:
    """Inserts rows in the open transaction; for `state/manager.py`.

    Raises:
        HelixError: `before` or `after` cannot be stored: not JSON, or over 64 KiB of it.
    """
    if rows:
        journal_table.insert(
            tx,
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


def read_ucf(row: Sequence[Any]) -> tuple[UCF, datetime]:
    """The UCF and its time, of a row with the time and the six values."""
    return UCF(**dict(zip(METRICS, row[1:], strict=True))), from_us(row[0])


def _entry(row: Sequence[Any]) -> JournalEntry:
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
