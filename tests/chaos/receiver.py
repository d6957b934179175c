"""Where the deliveries go, and the posts: both keep all that came, however often."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox import Sandbox
    from sandbox.events import Event


@dataclass
class Deliveries:
    """What was delivered: by the event's id, each body that came and how often."""

    url: str = ""
    bodies: defaultdict[str, Counter[bytes]] = field(default_factory=lambda: defaultdict(Counter))

    async def take(self, request: web.Request) -> web.Response:
        self.bodies[request.headers["webhook-id"]][await request.read()] += 1
        return web.Response()

    @property
    def repeated(self) -> int:
        """How many deliveries came more than once, as they may: at least once is what is promised."""
        return sum(sum(bodies.values()) > 1 for bodies in self.bodies.values())


@asynccontextmanager
async def receiving() -> AsyncIterator[Deliveries]:
    """A receiver on loopback until the block ends."""
    deliveries = Deliveries()
    app = web.Application()
    app.router.add_post("/hook", deliveries.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    deliveries.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield deliveries
    finally:
        await runner.cleanup()


@contextmanager
def posts_of(sandbox: Sandbox, channel: int) -> Iterator[Counter[str]]:
    """Counts what the bot posts in a channel, also what the sandbox has forgotten since."""
    found: Counter[str] = Counter()

    def take(event: Event) -> None:
        if event.name != "MESSAGE_CREATE":
            return
        data = event.data(sandbox.application_id)
        if data["channel_id"] == str(channel) and data["author"]["id"] == str(sandbox.application_id):
            found[data["content"]] += 1

    unsubscribe = sandbox.engine.bus.subscribe(take)
    try:
        yield found
    finally:
        unsubscribe()
