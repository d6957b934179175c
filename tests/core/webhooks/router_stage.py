"""An inbox with its router on a clock of the test's own, and handlers that fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from core.breakers.breaker import Breaker, State
from core.breakers.policies import BreakerPolicy
from core.store import Store
from core.webhooks.inbox import Inbox, Incoming
from core.webhooks.job import Handler, Job
from core.webhooks.router import Router
from tests.manual_clock import ManualClock


class Stage:
    """An inbox with its router on a clock of the test's own."""

    def __init__(self, store: Store, clock: ManualClock) -> None:
        self.store = store
        self.clock = clock
        self.inbox = Inbox(store, clock)
        self.outcomes: list[tuple[str, str]] = []
        self.breakers: dict[str, Breaker] = {}
        self.settled = asyncio.Condition()
        self._telling: asyncio.Task[None] | None = None
        self.router = Router(
            self.inbox,
            store,
            clock,
            breaker=self._breaker,
            on_outcome=self._note,
            jitter=lambda: 0.0,
            timeout_s=5.0,
        )

    def _breaker(self, name: str) -> Breaker:
        policy = BreakerPolicy(min_calls=3, open_s=60)
        self.breakers[name] = Breaker(name, self.clock, policy, sleep=self.clock.sleep)
        return self.breakers[name]

    def _note(self, kind: str, outcome: str) -> None:
        self.outcomes.append((kind, outcome))
        self._telling = asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        async with self.settled:
            self.settled.notify_all()

    def breaker_state(self, name: str) -> State:
        return self.breakers[name].state

    async def until(self, count: int) -> None:
        async with asyncio.timeout(40), self.settled:
            await self.settled.wait_for(lambda: len(self.outcomes) >= count)

    async def accept(self, key: str, *handlers: str) -> str:
        accepted = await self.inbox.accept(
            Incoming(type="t", data=key.encode(), key=key, handlers=handlers or ("one",))
        )
        return accepted.id

    async def status(self, event_id: str) -> str:
        found = await self.inbox.find(event_id)
        assert found is not None
        return found.status

    @asynccontextmanager
    async def running(self, **handlers: Handler) -> AsyncIterator[None]:
        lanes = [self.router.register(name, handler) for name, handler in handlers.items()]
        tasks = [asyncio.create_task(run(lane)) for lane in lanes]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            for breaker in self.breakers.values():
                await breaker.close()


async def run(lane: Callable[[], Awaitable[None]]) -> None:
    await lane()


def failing(times: int, error: Callable[[], Exception] = RuntimeError) -> tuple[Handler, list[Job]]:
    jobs: list[Job] = []

    async def handle(job: Job) -> None:
        jobs.append(job)
        if len(jobs) <= times:
            raise error()

    return handle, jobs
