"""A collective with everything that has to do with webhooks, opened on a folder, and opened again."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from core.runtime.kernel import Kernel, build_kernel
from core.settings import Settings
from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite import SqliteStore
from core.store.tx import Tx
from core.webhooks.records import InboxEvent
from state.collective import Collective
from state.events import find_incoming
from state.opening import open_collective
from state.schema import STATE_MIGRATIONS
from tests.manual_clock import ManualClock


class WebhookWorld:
    """A collective as one process has it."""

    def __init__(self, kernel: Kernel, collective: Collective) -> None:
        self.kernel = kernel
        self.collective = collective
        self.webhooks = collective.webhooks

    async def take(self, kind: str, **data: Any) -> InboxEvent:
        """An event that comes in, as it is once its handler has been tried."""
        accepted = await self.webhooks.accept(find_incoming(kind), msgspec.json.encode(data), None)
        return await self.tried(accepted.id)

    async def tried(self, event_id: str) -> InboxEvent:
        async with asyncio.timeout(40):
            while True:
                found = await self.webhooks.inbox.find(event_id)
                assert found is not None
                if found.status not in {"accepted", "processing"}:
                    # Committed is not yet known to the handler; it hears of it before a later write does.
                    await self.collective.database.write(lambda _: None)
                    return found
                await asyncio.sleep(0.005)

    async def sent(self) -> Counter[str]:
        """How many events of each type stand in the outbox."""

        def work(tx: Tx) -> Counter[str]:
            return Counter(dict(tx.execute("SELECT type, count(*) FROM outbox GROUP BY type")))

        return await self.collective.database.read(work)


@asynccontextmanager
async def opened(
    folder: Path, clock: ManualClock | None = None, *, supervised: bool = True, **settings: Any
) -> AsyncIterator[WebhookWorld]:
    """A collective until the block ends; `settings` are those of the environment."""
    values = {"data_dir": folder, "in_sandbox": True, "ritual_step_s": 0.001, **settings}
    kernel = build_kernel(Settings(**values)) if clock is None else build_kernel(Settings(**values), clock)
    database = await SqliteStore.open(
        folder / "helix.db", (*CORE_MIGRATIONS, *STATE_MIGRATIONS), app_version="0.1.0"
    )
    collective = await open_collective(kernel, database)
    if supervised:
        kernel.supervisor.start()
    try:
        yield WebhookWorld(kernel, collective)
    finally:
        await kernel.supervisor.stop(5)
        await collective.close()
        await database.close()
