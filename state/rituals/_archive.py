"""Stored rituals: finding, counting, replaying."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import msgspec

from core.store import Store
from state.rituals import ritual_table as table
from state.rituals._progress import Run
from state.rituals.changes import replayed
from state.rituals.records import NoReplay, Replay, RitualRecord, UnknownRitual


class RitualArchive:
    """Reads what the engine stored; the subclass `state.rituals.Rituals` also runs rituals."""

    def __init__(self, database: Store) -> None:
        self._database = database
        self._run: Run | None = None
        # The ritual that another process runs, as stored.
        self._elsewhere: RitualRecord | None = None

    async def get(self, ritual: int) -> RitualRecord:
        """The ritual with this id.

        Raises:
            UnknownRitual: there is none.
        """
        # SQLite's integers have 64 bits.
        known = abs(ritual) < 2**63
        found = await self._database.read(partial(table.find, ritual=ritual)) if known else None
        if found is None:
            raise UnknownRitual(f"There is no ritual {ritual if abs(ritual) < 10**9 else 'with that id'}.")
        return self._as_shown(found)

    async def page(self, offset: int = 0, limit: int = 10) -> tuple[RitualRecord, ...]:
        """One page of them, newest first."""
        found = await self._database.read(lambda connection: table.page(connection, offset, limit))
        return tuple(self._as_shown(record) for record in found)

    async def count(self) -> int:
        """How many are stored."""
        return await self._database.read(table.count)

    async def last_at(self, place: str) -> RitualRecord | None:
        """The newest finished ritual held at a place."""
        return await self._database.read(lambda connection: table.find_last_at(connection, place))

    async def last_of(self, actor_id: int, place: str) -> RitualRecord | None:
        """The newest ritual that this person started at a place, whatever its status."""
        return await self._database.read(lambda connection: table.find_last_of(connection, actor_id, place))

    async def replay(self, ritual: int) -> Replay:
        """Replays a finished ritual from what was stored, and compares the results; changes nothing.

        Raises:
            UnknownRitual: there is none with this id.
            NoReplay: it did not finish, so there is nothing to compare with.
            UnknownAlgorithm: a later version ran it.
        """
        record = await self.get(ritual)
        if record.finish is None or record.ended_at is None:
            how = "is still running" if record.status == "running" else f"was {record.status}"
            raise NoReplay(f"Ritual {record.id} {how}, so there is no result to compare a replay with.")
        return replayed(record, record.finish, record.ended_at)

    async def prune(self, older_than: datetime) -> int:
        """Deletes rituals that ended before a time; returns how many."""
        removed = 0
        while gone := await self._database.write(lambda connection: table.prune(connection, older_than)):
            removed += gone
        return removed

    def _as_shown(self, record: RitualRecord) -> RitualRecord:
        """Shows a ritual whose end could not be stored as interrupted instead of running."""
        own = self._run is not None and self._run.id == record.id
        foreign = self._elsewhere is not None and self._elsewhere.id == record.id
        if record.status != "running" or own or foreign:
            return record
        return msgspec.structs.replace(record, status="interrupted")
