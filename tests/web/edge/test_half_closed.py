"""A client may end its side of the connection as soon as its requests are sent (`SHUT_WR`, `nc -N`)."""

import asyncio

import pytest
from aiohttp import web

from tests.web.helpers import TIMEOUT_S, MakeSite, Site, head
from web.routing import RouteSpec

POST = b"POST /session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n"


@pytest.mark.parametrize(
    ("sent", "statuses"),
    [
        (head("/ucf"), [200]),
        (head("/metrics"), [200]),
        (head("/nothing"), [404]),
        (b"nonsense\r\n\r\n", [400]),
        (b"GET /ucf HTTP/1.0\r\nHost: x\r\n\r\n", [200]),
        (POST + b"{}", [422]),
        (head("/ucf") + head("/metrics") + head("/nothing"), [200, 200, 404]),
        (head("/ucf") + b"GET /uc", [200]),
    ],
)
async def test_a_half_closed_request_is_answered(site: Site, sent: bytes, statuses: list[int]) -> None:
    wire = await site.wire()
    await wire.send(sent)
    wire.end()
    assert [(await wire.answer()).status for _ in statuses] == statuses
    assert await wire.closed()


async def test_a_known_head_of_a_half_closed_connection_is_answered(site: Site) -> None:
    await (await site.wire()).ask("/ucf")
    wire = await site.wire()
    await wire.send(head("/ucf"))
    wire.end()
    assert (await wire.answer()).headers["x-cache"] == "hit"
    assert await wire.closed()


async def test_a_slow_answer_reaches_a_half_closed_client(make_site: MakeSite) -> None:
    arrived, gate = asyncio.Event(), asyncio.Event()

    async def slow(_request: web.Request) -> web.Response:
        arrived.set()
        await gate.wait()
        return web.Response(text="done")

    site = await make_site((RouteSpec(path="/slow", handler=slow, summary=""),))
    wire = await site.wire()
    await wire.send(head("/slow"))
    await asyncio.wait_for(arrived.wait(), TIMEOUT_S)
    connection = site.only_connection()
    wire.end()
    async with asyncio.timeout(TIMEOUT_S):
        while not connection._half_closed:
            await asyncio.sleep(0)
    gate.set()
    answer = await wire.answer()
    assert (answer.body, answer.headers["connection"]) == (b"done", "close")
    assert await wire.closed()


@pytest.mark.parametrize("sent", [b"", b"GET /uc", POST + b"{", head("/ucf")[:-1]])
async def test_an_incomplete_request_of_a_half_closed_connection_is_not_answered(
    site: Site, sent: bytes
) -> None:
    wire = await site.wire()
    await wire.send(sent)
    wire.end()
    assert await wire.closed()


async def test_a_half_closed_stream_gets_its_first_bytes(site: Site) -> None:
    wire = await site.wire()
    await wire.send(head("/events"))
    wire.end()
    said = await wire.rest()
    assert said.startswith(b"HTTP/1.1 200 ")
    assert b"event: " in said
    assert site.streams.clients == 0
