"""An engine, the schedules, and a loop that a test begins and ends as a process does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from core.runtime.kernel import Kernel
from core.store import Store
from core.store.errors import StoreError
from state.change import Actor
from state.manager import StateManager
from state.rituals import Rituals
from state.rituals.records import RitualCancelled, RitualRecord
from state.rituals.schedule_rules import parse_rule
from state.rituals.schedules import Schedule, Schedules
from tests.manual_clock import ManualClock

MIA = Actor("command", "Mia", 9)
HOUR = 3600.0


async def at_once(_: float) -> None:
    """A step that takes no time."""
    await asyncio.sleep(0)


async def never(_: float) -> None:
    """A step that does not end by itself."""
    await asyncio.Event().wait()


class WatchedRituals(Rituals):
    """An engine that says when somebody waits for it."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._awaited = asyncio.Event()

    async def idle(self) -> None:
        self._awaited.set()
        await super().idle()

    async def wait_until_awaited(self) -> None:
        async with asyncio.timeout(40):
            await self._awaited.wait()


class Stage:
    """An engine, the schedules, and a loop that a test begins and ends as a process does."""

    def __init__(self, kernel: Kernel, database: Store, clock: ManualClock) -> None:
        self.kernel, self.database, self.clock = kernel, database, clock
        self.step: Callable[[float], Awaitable[None]] = at_once
        self.loop: asyncio.Task[None] | None = None
        self.held = False

    async def pass_step(self, seconds: float) -> None:
        """As the test has it at that moment."""
        await self.step(seconds)

    async def start(self) -> None:
        """As a start of Helix does."""
        self.manager = StateManager(self.database, self.clock)
        await self.manager.load()
        self.rituals = WatchedRituals(self.kernel, self.manager, self.database, sleep=self.pass_step)
        await self.rituals.load()
        self.schedules = Schedules(
            self.kernel,
            self.manager,
            self.database,
            self.rituals,
            held=lambda: self.held,
            sleep=self.clock.sleep,
        )
        await self.schedules.load()
        self.loop = asyncio.create_task(self.schedules.run())

    async def stop(self) -> None:
        """The loop is cancelled, and so is what runs."""
        if self.loop is not None:
            self.loop.cancel()
            with suppress(asyncio.CancelledError, RitualCancelled, StoreError):
                await self.loop
        await self.rituals.close()

    async def add(self, text: str, steps: int = 3) -> Schedule:
        rule = parse_rule(text, self.clock.now())
        return await self.schedules.add(rule, steps, actor=MIA)

    async def pass_time(self, seconds: float) -> None:
        """Time passes, half a minute at a time, and the loop does what is due."""
        while seconds > 0:
            await self.settled()
            self.clock.advance(min(30.0, seconds))
            seconds -= 30.0
        await self.settled()

    async def settled(self) -> None:
        """Until the loop waits again."""
        await self.clock.until_sleeping()

    async def ran(self) -> list[RitualRecord]:
        """The rituals that schedules ran, oldest first."""
        found = await self.rituals.page(0, 500)
        return [one for one in reversed(found) if one.actor.cause == "schedule"]
