"""How many connections there may be, in all and for one client, and which of them make room."""

import asyncio
from ipaddress import ip_network

import pytest
from aiohttp import web

from tests.web.helpers import TIMEOUT_S, MakeSite, Site, Wire, counter, head
from tests.web.requests.test_middleware import assert_problem
from web.edge.protocol import Connection
from web.routes.table import ROUTES
from web.routing import RouteSpec


class Busy:
    """A route that is busy until it is let go."""

    def __init__(self) -> None:
        self.arrived = asyncio.Semaphore(0)
        self.gate = asyncio.Event()
        self.routes = (*ROUTES, RouteSpec(path="/busy", handler=self.get, summary=""))

    async def get(self, _request: web.Request) -> web.Response:
        self.arrived.release()
        await self.gate.wait()
        return web.Response(text="done")

    async def wire(self, site: Site) -> Wire:
        """A connection whose request is being handled."""
        wire = await site.wire()
        await wire.send(head("/busy"))
        await asyncio.wait_for(self.arrived.acquire(), TIMEOUT_S)
        return wire


def refused(site: Site, status: str) -> float:
    return counter(site.kernel.metrics, "helix_http_requests_total").value("unmatched", "other", status)


async def test_a_new_connection_is_refused_if_all_are_busy(make_site: MakeSite) -> None:
    busy = Busy()
    site = await make_site(busy.routes, max_connections=1)
    first = await busy.wire(site)
    second = await site.wire()
    answer = await second.answer()
    assert_problem(answer, 503)
    assert (answer.headers["retry-after"], answer.headers["connection"]) == ("1", "close")
    assert answer.headers["date"].endswith("GMT")
    assert refused(site, "503") == 1
    assert await second.closed()
    busy.gate.set()
    assert (await first.answer()).body == b"done"
    assert (await first.ask("/ucf")).status == 200


async def test_one_client_cannot_take_all_connections(make_site: MakeSite) -> None:
    busy = Busy()
    site = await make_site(busy.routes, max_connections_per_client=2)
    wires = [await busy.wire(site) for _ in range(2)]
    third = await site.wire()
    assert "at most 2" in assert_problem(await third.answer(), 429)["detail"]
    assert refused(site, "429") == 1
    assert await third.closed()
    busy.gate.set()
    assert [(await wire.answer()).body for wire in wires] == [b"done", b"done"]


@pytest.mark.parametrize("bound", ["max_connections", "max_connections_per_client"])
async def test_the_longest_idle_connection_makes_room(make_site: MakeSite, bound: str) -> None:
    busy = Busy()
    site = await make_site(busy.routes, **{bound: 3})
    working = await busy.wire(site)
    early, late = await site.wire(), await site.wire()
    for wire in (early, late, early):
        site.clock.advance(1)
        assert (await wire.ask("/ucf")).status == 200
    newcomer = await site.wire()
    assert (await newcomer.ask("/ucf")).status == 200
    assert await late.closed()
    assert (await early.ask("/ucf")).status == 200
    busy.gate.set()
    assert (await working.answer()).body == b"done"


async def test_endless_heads_do_not_block_other_clients(make_site: MakeSite) -> None:
    site = await make_site(max_connections_per_client=5)
    slow = [await site.wire() for _ in range(5)]
    for wire in slow:
        await wire.send(b"GET /ucf HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    await _begun(site)
    for _ in range(3):
        assert (await (await site.wire()).ask("/ucf", "Connection: close")).status == 200
    assert_problem(await slow[0].answer(), 408)
    assert await slow[0].closed()


async def _begun(site: Site) -> None:
    """Until the server has read the start of a head on every connection."""
    assert site.runner.server is not None
    async with asyncio.timeout(TIMEOUT_S):
        while not all(
            isinstance(one, Connection) and one._head_timeout.size_bytes
            for one in site.runner.server.connections
        ):
            await asyncio.sleep(0)


async def test_a_closed_connection_frees_its_place(make_site: MakeSite) -> None:
    site = await make_site(max_connections=1)
    for _ in range(3):
        wire = await site.wire()
        assert (await wire.ask("/ucf", "Connection: close")).status == 200
        assert await wire.closed()


async def test_a_trusted_proxy_has_no_connection_limit(make_site: MakeSite) -> None:
    site = await make_site(max_connections_per_client=1, trusted_proxies=(ip_network("127.0.0.1/32"),))
    wires = [await site.wire() for _ in range(3)]
    assert [(await wire.ask("/ucf")).status for wire in wires] == [200, 200, 200]
