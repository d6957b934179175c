"""An outbox with its deliverer on a clock of the test's own, and real connections."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec

from core.breakers.breaker import Breaker
from core.breakers.policies import BreakerPolicy
from core.http.guard import build_session
from core.http.look_ups import LookUps
from core.logs.secret import Secret
from core.runtime.drain import Drain
from core.settings import Settings
from core.store import Store
from core.webhooks.deliverer import Deliverer
from core.webhooks.destinations import Destination, Destinations
from core.webhooks.outbox import Outbox
from core.webhooks.outcome import Settled
from core.webhooks.records import Delivery
from tests.core.webhooks.receiver import Receiver
from tests.manual_clock import ManualClock

SIGNING = "whsec_" + "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="


class Stage:
    """An outbox with its deliverer on a clock of the test's own, and real connections."""

    def __init__(
        self, store: Store, clock: ManualClock, settings: Settings, *, timeout_s: float = 40
    ) -> None:
        self.store = store
        self.clock = clock
        self.destinations = Destinations(store, clock, settings)
        self.outbox = Outbox(store, clock, self.destinations)
        self.settled: list[Settled] = []
        self.changed = asyncio.Condition()
        self._telling: asyncio.Task[None] | None = None
        self.drain = Drain()
        self.breakers: dict[str, Breaker] = {}
        self.policy = BreakerPolicy(min_calls=1000)
        self._session: aiohttp.ClientSession | None = None
        self.deliverer = Deliverer(
            self.outbox,
            self.destinations,
            store,
            clock,
            session=self._open,
            breaker=self._breaker,
            render=lambda _kind, message: message.payload,
            loopback=True,
            exhausted=_exhausted,
            on_outcome=self._note,
            track=lambda task: self.drain.track(task, "delivery"),
            sleep=clock.sleep,
            jitter=lambda: 0.0,
            timeout_s=timeout_s,
        )

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = build_session(loopback=True, user_agent="test", look_ups=LookUps("test"))
        return self._session

    def _breaker(self, name: str, _label: str) -> Breaker:
        if name not in self.breakers:
            self.breakers[name] = Breaker(name, self.clock, self.policy, sleep=self.clock.sleep)
        return self.breakers[name]

    def _note(self, _destination: Destination, settled: Settled) -> None:
        self.settled.append(settled)
        self._telling = asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    async def until_idle(self) -> None:
        """Nothing is being sent, and no lane has anything to begin."""
        async with asyncio.timeout(40):
            while self.deliverer._lanes:
                await asyncio.sleep(0.005)

    async def until(self, count: int) -> None:
        async with asyncio.timeout(40), self.changed:
            await self.changed.wait_for(lambda: len(self.settled) >= count)

    async def emit(self, kind: str = "ucf.changed", data: object = None) -> str:
        payload = json.dumps({"type": kind, "timestamp": "x", "data": data or {}}).encode()
        event = await self.store.write(
            lambda connection: self.outbox.enqueue(connection, self.clock.now(), kind, payload)
        )
        self.outbox.committed()
        return event

    async def one(self) -> Delivery:
        (delivery,) = await self.outbox.page()
        return delivery

    async def wait(self, seconds: float) -> None:
        """Let time pass, and the deliverer notice."""
        self.clock.advance(seconds)
        self.outbox.committed()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.Task[None]]:
        task = asyncio.create_task(self.deliverer.run())
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.wait({task})
            for breaker in self.breakers.values():
                await breaker.close()
            if self._session is not None:
                await self._session.close()


def _exhausted(settled: Settled) -> tuple[str, bytes] | None:
    if settled.type == "delivery.exhausted":
        return None
    return "delivery.exhausted", json.dumps({"delivery": settled.delivery}).encode()


def settings(receiver: Receiver, **changes: Any) -> Settings:
    base = Settings(zapier_webhook_url=(Secret(receiver.url),), webhook_signing_secret=Secret(SIGNING))
    return msgspec.structs.replace(base, **changes)
