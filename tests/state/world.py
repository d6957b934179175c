"""A collective's files and store, which a test edits, changes, crashes and starts again."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from core.health import HealthRegistry
from core.store import Store
from core.store.schema import CORE_MIGRATIONS
from state.change import Change
from state.journal import Journal, JournalEntry
from state.manager import StateManager
from state.models import UCF, AgentReport, Snapshot
from state.projection import Projector
from state.schema import STATE_MIGRATIONS
from tests.manual_clock import ManualClock
from tests.postgres_server import PostgresServer
from tests.stores import Stores


class World:
    """One data folder, and the process that runs on it."""

    database: Store
    manager: StateManager
    projector: Projector
    health: HealthRegistry

    def __init__(self, folder: Path, stores: Stores | None = None) -> None:
        self.folder = folder
        self._stores = stores or Stores("sqlite", folder, _no_server)
        self.ucf_file = folder / "ucf_state.json"
        self.agents_file = folder / "agents.json"
        self.clock = ManualClock()

    async def start(self) -> None:
        """As a start of Helix does: store, state, edits made meanwhile."""
        self.database = await self._stores.open((*CORE_MIGRATIONS, *STATE_MIGRATIONS))
        self.manager = StateManager(self.database, self.clock)
        self.health = HealthRegistry(self.clock)
        self.projector = Projector(self.folder, self.manager, self.database, self.clock, self.health)
        await self.manager.load()
        await self.projector.import_at_start()

    async def stop(self) -> None:
        """A clean stop: what is not written yet is."""
        await self.projector.close()
        await self.database.close()

    async def crash(self) -> None:
        """The process is gone: nothing is written any more."""
        await self.database.close()

    async def tune(self, **values: float) -> Snapshot:
        """A change by a command."""
        return await self.manager.change(
            lambda old: Change(ucf=msgspec.structs.replace(old.ucf, **values), source="tune")
        )

    async def report(self, report: AgentReport) -> Snapshot:
        """A heartbeat of an external agent."""
        return await self.manager.change(
            lambda old: Change(reports={**old.reports, report.agent: report}, source="webhook")
        )

    def edit(self, **values: object) -> bytes:
        """A person changes numbers in the file, by hand."""
        written = json.dumps({**json.loads(self.ucf_file.read_bytes()), **values}).encode()
        self.ucf_file.write_bytes(written)
        return written

    def read(self) -> UCF:
        """What the file says."""
        return msgspec.json.decode(self.ucf_file.read_bytes(), type=UCF)

    @property
    def ucf(self) -> UCF:
        return self.manager.snapshot.ucf

    async def taken(self) -> list[JournalEntry]:
        """The journal's entries that came from files, oldest first."""
        entries = await Journal(self.database).entries(limit=500)
        return [entry for entry in reversed(entries) if entry.cause == "file"]


def _no_server() -> PostgresServer:
    raise AssertionError("SQLite asks for no server")
