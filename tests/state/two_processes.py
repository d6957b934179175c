"""Two collectives on one SQLite file, each of which is told what the other commits."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from core.runtime.kernel import build_kernel
from core.settings import Settings
from core.store import FeedEntry
from core.store.feed import FeedListeners
from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite import SqliteStore
from state.collective import Collective
from state.opening import open_collective
from state.schema import STATE_MIGRATIONS
from tests.manual_clock import ManualClock

_KINDS: Final = (
    "state", "alerts", "backups", "directives", "forecasts", "policy", "probes", "rituals", "schedules",
    "inbox", "handled", "outbox", "attempted", "cogs", "duties",
)  # fmt: skip


@asynccontextmanager
async def another(folder: Path, clock: ManualClock) -> AsyncIterator[Collective]:
    """A collective of its own process, as far as the store is concerned."""
    path = folder / "helix.db"
    database = await SqliteStore.open(path, (*CORE_MIGRATIONS, *STATE_MIGRATIONS), app_version="0.1.0")
    collective = await open_collective(build_kernel(Settings(data_dir=folder), clock), database)
    try:
        yield collective
    finally:
        await collective.kernel.supervisor.stop(5)
        await collective.close()
        await database.close()


@contextmanager
def telling(source: Collective, target: Collective) -> Iterator[list[FeedEntry]]:
    """Tells a collective what another commits in the block, as foreign entries; gives those told."""
    told: list[FeedEntry] = []
    listeners = target.database.feed
    assert isinstance(listeners, FeedListeners)

    def pass_on(entry: FeedEntry) -> None:
        told.append(replace(entry, own=False))
        listeners.tell(told[-1])

    leave = source.database.feed.on(_KINDS, pass_on)
    yield told
    leave()
