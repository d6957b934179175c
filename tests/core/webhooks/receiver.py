"""A server on loopback that takes deliveries and answers as the test says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Got:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """What came, and how the next ones are answered: by status, in turn; the last one stays."""

    url: str
    statuses: list[int] = field(default_factory=lambda: [200])
    headers: dict[str, str] = field(default_factory=dict)
    got: list[Got] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    hang: bool = False
    hangs_at: frozenset[str] = frozenset()
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        async with self.changed:
            self.got.append(Got(request.path, headers, body))
            self.changed.notify_all()
        if self.hang or request.path in self.hangs_at:
            await self.released.wait()
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        return web.Response(status=status, headers=self.headers)

    async def until(self, count: int) -> None:
        async with asyncio.timeout(40), self.changed:
            await self.changed.wait_for(lambda: len(self.got) >= count)


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver until the block ends."""
    receiver = Receiver(url="")
    app = web.Application()
    app.router.add_post("/{path:.*}", receiver.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield receiver
    finally:
        receiver.released.set()
        await runner.cleanup()
