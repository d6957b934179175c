"""A thousand requests at the moment an answer expires: it is made once."""

import asyncio
from dataclasses import dataclass, field

import msgspec
import pytest
from aiohttp import web

from tests.web.helpers import MakeSite, Wire
from web.answers.bodies import Body
from web.requests.responses import RESPONSES
from web.routing import RouteSpec

pytestmark = pytest.mark.unmeasured

CLIENTS = 1000


@dataclass
class Counted:
    """Two routes that count how often their bodies are made, one at once and one by waiting."""

    made: list[str] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def routes(self) -> tuple[RouteSpec, ...]:
        return tuple(
            RouteSpec(path=path, handler=handler, summary="", ttl_s=5, tags=frozenset({"state"}))
            for path, handler in (("/at-once", self.at_once), ("/waiting", self.waiting))
        )

    async def at_once(self, request: web.Request) -> web.Response:
        return request.app[RESPONSES].serve(request, "/at-once", self._body)

    async def waiting(self, request: web.Request) -> web.Response:
        return await request.app[RESPONSES].serve_async(request, "/waiting", self._fetch)

    def _body(self) -> Body:
        self.made.append("body")
        return Body(msgspec.json.encode({"made": len(self.made)}))

    async def _fetch(self) -> Body:
        body = self._body()
        await self.gate.wait()
        return body


@pytest.mark.parametrize("path", ["/at-once", "/waiting"])
async def test_a_thousand_requests_at_expiry_make_one_computation(make_site: MakeSite, path: str) -> None:
    counted = Counted()
    site = await make_site(counted.routes(), max_connections=2 * CLIENTS, rate_limit_per_minute=0)
    wires = [await site.wire() for _ in range(CLIENTS)]
    counted.gate.set()
    assert (await wires[0].ask(path)).headers["x-cache"] == "miss"
    site.clock.advance(5)
    counted.gate.clear()
    asking = [asyncio.create_task(_ask(wire, path, number)) for number, wire in enumerate(wires)]
    if path == "/waiting":
        flight = site.kernel.caches.get(f"http:{path}")._shared
        async with asyncio.timeout(30):
            while sum(one.waiting for one in flight.values()) < CLIENTS:
                await asyncio.sleep(0.005)
        assert len(flight) == 1
    counted.gate.set()
    bodies = set(await asyncio.gather(*asking))
    assert len(counted.made) == 2
    assert bodies == {b'{"made":2}'}


async def _ask(wire: Wire, path: str, number: int) -> bytes:
    # Half of them with heads of their own, so that both ways to an answer are gone at once.
    answer = await wire.ask(path, *([f"X-Number: {number}"] if number % 2 else []))
    assert answer.status == 200
    return answer.body
