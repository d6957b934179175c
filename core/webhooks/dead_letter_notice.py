"""Dead letters and switched-off destinations of which nobody has been told yet, also after a restart."""

from __future__ import annotations

import sqlite3
from typing import Final

import msgspec

from core.store import Database

SHOWN: Final = 8
_DEAD: Final = "FROM deliveries WHERE status = 'dead' AND told_us"
_OFF: Final = "FROM destination_state WHERE disabled_us IS NOT NULL AND told_us"


class DeadLetter(msgspec.Struct, frozen=True):
    """One of them, as it is told."""

    id: int
    type: str
    destination: str
    attempts: int
    error: str | None


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What belongs to one notice, and is still so.

    Attributes:
        count: of the dead letters, of which `letters` are the first, and `first` and `last` the ids.
        off: why each destination was switched off, by its name.
    """

    count: int
    first: int
    last: int
    letters: tuple[DeadLetter, ...]
    off: dict[str, str]


class Untold:
    """Which of them belong to which notice; a notice is named by its moment, in microseconds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def any(self) -> bool:
        """Whether there is something to tell."""

        def work(connection: sqlite3.Connection) -> bool:
            found = connection.execute(f"SELECT EXISTS (SELECT 1 {_DEAD} IS NULL)").fetchone()[0]
            return bool(found or connection.execute(f"SELECT EXISTS (SELECT 1 {_OFF} IS NULL)").fetchone()[0])

        return await self._database.read(work)

    async def claim(self, notice_us: int) -> None:
        """Lets all of it belong to a notice."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE deliveries SET told_us = ? WHERE status = 'dead' AND told_us IS NULL", (notice_us,)
            )
            connection.execute(
                "UPDATE destination_state SET told_us = ? WHERE disabled_us IS NOT NULL AND told_us IS NULL",
                (notice_us,),
            )

        await self._database.write(work)

    async def of(self, notice_us: int) -> Told | None:
        """What belongs to a notice; None where nothing does, or all of it was sent again meanwhile."""

        def work(connection: sqlite3.Connection) -> Told | None:
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
            return Told(count=count, first=first or 0, last=last or 0, letters=letters, off=off)

        return await self._database.read(work)
