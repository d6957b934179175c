"""Dead letters and disabled destinations that the admins were not notified of yet; survives a restart."""

from __future__ import annotations

import sqlite3
from typing import Final

import msgspec

from core.store import Database

SHOWN: Final = 8
# Column told_us: the id of the notice that reported a row; NULL if none has yet.
# Each query appends `IS NULL` or `= ?`.
_DEAD: Final = "FROM deliveries WHERE status = 'dead' AND told_us"
_OFF: Final = "FROM destination_state WHERE disabled_us IS NOT NULL AND told_us"


class DeadLetter(msgspec.Struct, frozen=True):
    """One dead letter, as the notice shows it."""

    id: int
    type: str
    destination: str
    attempts: int
    error: str | None


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """The content of one notice, read from the present state.

    Attributes:
        count: the number of dead letters.
        first: the lowest id of a dead letter; 0 if there is none.
        last: the highest id of a dead letter; 0 if there is none.
        letters: the first dead letters, at most `SHOWN`.
        off: destination name to the reason why it was disabled.
    """

    count: int
    first: int
    last: int
    letters: tuple[DeadLetter, ...]
    off: dict[str, str]


class DeadLetterNotices:
    """Assigns dead letters to notices; a notice is identified by its time, in microseconds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def has_unclaimed(self) -> bool:
        """Whether anything is not assigned to a notice yet."""

        def work(connection: sqlite3.Connection) -> bool:
            found = connection.execute(f"SELECT EXISTS (SELECT 1 {_DEAD} IS NULL)").fetchone()[0]
            return bool(found or connection.execute(f"SELECT EXISTS (SELECT 1 {_OFF} IS NULL)").fetchone()[0])

        return await self._database.read(work)

    async def claim(self, notice_us: int) -> None:
        """Assigns everything that is not assigned yet to a notice."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE deliveries SET told_us = ? WHERE status = 'dead' AND told_us IS NULL", (notice_us,)
            )
            connection.execute(
                "UPDATE destination_state SET told_us = ? WHERE disabled_us IS NOT NULL AND told_us IS NULL",
                (notice_us,),
            )

        await self._database.write(work)

    async def notice_content(self, notice_us: int) -> Notice | None:
        """The content of a notice; None if it has none, or if all of it was replayed meanwhile."""

        def work(connection: sqlite3.Connection) -> Notice | None:
            count, first, last = connection.execute(
                f"SELECT count(*), min(id), max(id) {_DEAD} = ?", (notice_us,)
            ).fetchone()
            rows = connection.execute(
                "SELECT deliveries.id, type, destination, attempts, last_error FROM deliveries "
                "JOIN outbox ON outbox.seq = event WHERE status = 'dead' AND told_us = ? "
                "ORDER BY deliveries.id LIMIT ?",
                (notice_us, SHOWN),
            )
            letters = tuple(DeadLetter(*row) for row in rows)
            off = dict(
                connection.execute(f"SELECT destination, disabled_why {_OFF} = ? ORDER BY 1", (notice_us,))
            )
            if not count and not off:
                return None
            return Notice(count=count, first=first or 0, last=last or 0, letters=letters, off=off)

        return await self._database.read(work)
