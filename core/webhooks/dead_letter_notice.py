"""Dead letters and disabled destinations that the admins were not notified of yet; survives a restart."""

from __future__ import annotations

from typing import Final

import msgspec

from core.store import Store
from core.store.tx import Tx
from core.webhooks.table import notice_table

SHOWN: Final = 8


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

    def __init__(self, database: Store) -> None:
        self._database = database

    async def has_unclaimed(self) -> bool:
        """Whether anything is not assigned to a notice yet."""
        return await self._database.read(notice_table.has_unclaimed)

    async def claim(self, notice_us: int) -> None:
        """Assigns everything that is not assigned yet to a notice."""
        await self._database.write(lambda tx: notice_table.claim(tx, notice_us))

    async def notice_content(self, notice_us: int) -> Notice | None:
        """The content of a notice; None if it has none, or if all of it was replayed meanwhile."""

        def work(tx: Tx) -> Notice | None:
            (count, first, last), letters = notice_table.dead_letters(tx, notice_us, SHOWN)
            off = notice_table.disabled(tx, notice_us)
            if not count and not off:
                return None
            shown = tuple(DeadLetter(*letter) for letter in letters)
            return Notice(count=count, first=first, last=last, letters=shown, off=off)

        return await self._database.read(work)
