"""Large bodies that are on their way at once: bounded, and no slow one keeps another out."""

import asyncio
from ipaddress import ip_network

import pytest
from aiohttp import web

from tests.web.helpers import MakeSite, Site, Wire
from tests.web.requests.test_middleware import assert_problem
from web import app
from web.requests import body_limit
from web.requests.body_limit import BODY_LIMIT, BodyLimit
from web.requests.request_body import read_body
from web.routing import RouteSpec

LARGE = 100_000
PROXY = (ip_network("127.0.0.1"),)


async def _measure(request: web.Request) -> web.Response:
    return web.Response(body=str(len(await read_body(request))).encode())


_MEASURE = RouteSpec(method="POST", path="/measure", handler=_measure, summary="")


@pytest.fixture
async def site(make_site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A server with room for two, behind a proxy that speaks for many clients."""
    monkeypatch.setattr(app, "_LINGERING_S", 0.05)
    monkeypatch.setattr(body_limit, "_FEWEST_PLACES", 2)
    monkeypatch.setattr(body_limit, "_MOST_BYTES", 0)
    return await make_site((_MEASURE,), trusted_proxies=PROXY)


async def begin(site: Site, framing: str = f"Content-Length: {LARGE}", *, reading: int) -> Wire:
    """A request whose body has begun; so many are on their way then."""
    wire = await site.wire()
    await wire.send(f"POST /measure HTTP/1.1\r\nHost: x\r\n{framing}\r\n\r\n".encode())
    room = site.runner.app[BODY_LIMIT]
    async with asyncio.timeout(40):
        while room.reading < reading:
            await asyncio.sleep(0.005)
    return wire


@pytest.mark.parametrize("framing", [f"Content-Length: {LARGE}", "Transfer-Encoding: chunked"])
async def test_without_free_places_the_oldest_body_is_evicted(site: Site, framing: str) -> None:
    first, second = [await begin(site, framing, reading=number) for number in (1, 2)]
    third = await site.wire()
    await third.send(f"POST /measure HTTP/1.1\r\nHost: x\r\nContent-Length: {LARGE}\r\n\r\n".encode())
    answer = await first.answer()
    assert "this one was the oldest" in assert_problem(answer, 408)["detail"]
    assert await first.closed()
    await third.send(bytes(LARGE))
    assert (await third.answer()).body == str(LARGE).encode()
    await second.send(bytes(LARGE) if "Length" in framing else b"3\r\nabc\r\n0\r\n\r\n")
    assert (await second.answer()).status == 200
    assert site.runner.app[BODY_LIMIT].reading == 0


async def test_a_client_with_many_bodies_evicts_only_its_own(site: Site) -> None:
    framing = f"Content-Length: {LARGE}\r\nX-Forwarded-For: "
    slow = await begin(site, f"{framing}198.51.100.1", reading=1)
    hasty = await begin(site, f"{framing}198.51.100.2", reading=2)
    for _ in range(3):
        before, hasty = hasty, await begin(site, f"{framing}198.51.100.2", reading=2)
        assert (await before.answer()).status == 408
    for wire in (slow, hasty):
        await wire.send(bytes(LARGE))
        assert (await wire.answer()).status == 200


async def test_a_small_body_needs_no_place(site: Site) -> None:
    slow = [await begin(site, reading=number) for number in (1, 2)]
    small = await begin(site, "Content-Length: 3", reading=2)
    await small.send(b"abc")
    assert (await small.answer()).body == b"3"
    for wire in slow:
        await wire.send(bytes(LARGE))
        assert (await wire.answer()).status == 200


def test_there_are_places_for_32_mebibytes_and_at_least_eight_bodies() -> None:
    assert BodyLimit(1024 * 1024)._places == 32
    assert BodyLimit(100 * 1024 * 1024)._places == 8
