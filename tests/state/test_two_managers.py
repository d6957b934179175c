"""Two processes change one snapshot on PostgreSQL, and neither loses what the other did."""

from __future__ import annotations

from pathlib import Path

import msgspec

from core.store.schema import CORE_MIGRATIONS
from state.change import Change
from state.manager import StateManager
from state.models import Snapshot
from state.schema import STATE_MIGRATIONS
from tests.manual_clock import ManualClock
from tests.postgres_server import PostgresServer
from tests.stores import Stores

_MIGRATIONS = (*CORE_MIGRATIONS, *STATE_MIGRATIONS)


async def tune(manager: StateManager, **values: float) -> Snapshot:
    return await manager.change(
        lambda old: Change(ucf=msgspec.structs.replace(old.ucf, **values), source="tune")
    )


async def test_each_change_builds_on_the_other_process(
    tmp_path: Path, clock: ManualClock, postgres: PostgresServer
) -> None:
    stores = Stores("postgres", tmp_path, lambda: postgres)
    async with stores.opened(_MIGRATIONS) as first, stores.opened(_MIGRATIONS) as second:
        here, there = StateManager(first, clock), StateManager(second, clock)
        begun = await here.load()
        assert await there.load() == begun
        one = await tune(here, harmony=0.1)
        two = await tune(there, resilience=0.2)
        three = await tune(here, prana=0.3)
        assert [each.version - begun.version for each in (one, two, three)] == [1, 2, 3]
        assert (three.ucf.harmony, three.ucf.resilience, three.ucf.prana) == (0.1, 0.2, 0.3)
        assert there.snapshot == two
        heard: list[Snapshot] = []
        there.subscribe(lambda _old, new, _change: heard.append(new))
        await there.reload()
        await there.reload()
        assert there.snapshot == three
        assert heard == [three]
