"""The measured minutes in the database; every function works in the open transaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import msgspec

from core.store.moments import from_us, to_us
from core.store.tx import Tx
from state.slo._sums import Sums

# A day has 1,440 minutes, and each start adds up to two.
MOST: Final = 3_000
_MICROSECOND: Final = timedelta(microseconds=1)


class Minute(msgspec.Struct, frozen=True, kw_only=True):
    """What was counted in a period, usually a minute; also a period during which Helix did not run.

    Attributes:
        at: its end.
        span: its length.
    """

    at: datetime
    span: timedelta
    sums: Sums

    @property
    def since(self) -> datetime:
        """When it began."""
        return self.at - self.span


def append(tx: Tx, minute: Minute, *, kept_since: datetime) -> None:
    """Inserts a minute, and deletes those that ended before `kept_since`."""
    tx.execute(
        "INSERT INTO slo_minutes (at_us, span_us, sums) VALUES (?, ?, ?)",
        (
            to_us(minute.at),
            minute.span // _MICROSECOND,
            msgspec.json.encode(minute.sums).decode(),
        ),
    )
    tx.execute("DELETE FROM slo_minutes WHERE at_us < ?", (to_us(kept_since),))
    # Also deletes minutes in the future, from before the clock was set back.
    tx.execute(
        "DELETE FROM slo_minutes WHERE at_us > ? OR id <= (SELECT max(id) FROM slo_minutes) - ?",
        (to_us(minute.at), MOST),
    )


def load(tx: Tx, since: datetime, until: datetime) -> list[Minute]:
    """The minutes that ended within these bounds, oldest first; always includes the newest one."""
    rows = tx.execute(
        "SELECT at_us, span_us, sums FROM slo_minutes WHERE at_us <= ?2 AND (at_us >= ?1 OR at_us = "
        "(SELECT max(at_us) FROM slo_minutes WHERE at_us <= ?2)) ORDER BY at_us, id",
        (to_us(since), to_us(until)),
    )
    return [
        Minute(
            at=from_us(at_us),
            span=timedelta(microseconds=span_us),
            sums=msgspec.json.decode(sums, type=Sums),
        )
        for at_us, span_us, sums in rows
    ]


def forget(tx: Tx) -> None:
    """Deletes all minutes, so that measuring starts again."""
    tx.execute("DELETE FROM slo_minutes")
