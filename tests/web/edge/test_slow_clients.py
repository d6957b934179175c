"""Clients that send too slowly, too much at once, or take nothing of what they are sent."""

import asyncio
import logging
import socket
from pathlib import Path

import pytest
import uvloop
from aiohttp import web

from tests.web.helpers import TIMEOUT_S, MakeSite, Site, counter, head
from tests.web.requests.test_middleware import assert_problem
from tests.web.sites import sites
from web import app
from web.edge import bounded, linger
from web.edge.head_timeout import MAX_HEAD_BYTES
from web.requests.request_body import read_body
from web.routes.table import ROUTES
from web.routing import RouteSpec


def timeouts(site: Site) -> float:
    return counter(site.kernel.metrics, "helix_http_requests_total").value("unmatched", "other", "408")


@pytest.mark.parametrize("first", [b"G", b"GET / HTTP/1.1\r\n", head("/ucf")[:-2], head("/ucf") + b"GET /a"])
async def test_a_head_that_takes_too_long_gets_408(make_site: MakeSite, first: bytes) -> None:
    site = await make_site(head_timeout_s=0.05)
    wire = await site.wire()
    await wire.send(first)
    if first.startswith(head("/ucf")):
        assert (await wire.answer()).status == 200
        await wire.send(b"gents")
    answer = await wire.answer()
    assert_problem(answer, 408)
    assert answer.headers["connection"] == "close"
    assert await wire.closed()
    assert timeouts(site) == 1


async def test_single_bytes_do_not_extend_the_time_limit(make_site: MakeSite) -> None:
    site = await make_site(head_timeout_s=0.2)
    wire = await site.wire()

    async def drip() -> None:
        await wire.send(b"GET /ucf HTTP/1.1\r\nX: ")
        while True:
            await wire.send(b"a")
            await asyncio.sleep(0.01)

    dripping = asyncio.create_task(drip())
    assert_problem(await wire.answer(), 408)
    dripping.cancel()
    await asyncio.gather(dripping, return_exceptions=True)


async def test_a_slow_head_that_ends_in_time_is_answered(make_site: MakeSite) -> None:
    site = await make_site(head_timeout_s=0.05)
    wire = await site.wire()
    for byte in head("/ucf"):
        await wire.send(bytes([byte]))
        await asyncio.sleep(0)
    assert (await wire.answer()).status == 200
    # Longer than a head may take: what waits now is an idle connection, not a head.
    await asyncio.sleep(0.05)
    await asyncio.sleep(0.05)
    assert (await wire.ask("/ucf")).status == 200
    assert timeouts(site) == 0


async def test_a_body_in_pieces_is_not_taken_for_a_head(make_site: MakeSite) -> None:
    site = await make_site((_ECHO,), head_timeout_s=0.05)
    wire = await site.wire()
    await wire.send(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n")
    for piece in (b"a", b"b", b"c", b"d"):
        await wire.send(piece)
        await asyncio.sleep(0.03)
    assert (await wire.answer()).body == b"abcd"
    await asyncio.sleep(0.05)
    await asyncio.sleep(0.05)
    await wire.send(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n")
    await wire.send(b"e")
    assert (await wire.answer()).body == b"e"


async def _echo(request: web.Request) -> web.Response:
    return web.Response(body=await read_body(request))


_ECHO = RouteSpec(method="POST", path="/echo", handler=_echo, summary="")


@pytest.mark.parametrize("framing", ["Content-Length: 100", "Transfer-Encoding: chunked"])
async def test_a_body_that_takes_too_long_gets_408(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, framing: str
) -> None:
    monkeypatch.setattr(app, "_LINGERING_S", 0.05)
    site = await make_site((_ECHO,), body_timeout_s=0.05)
    wire = await site.wire()
    await wire.send(f"POST /echo HTTP/1.1\r\nHost: x\r\n{framing}\r\n\r\n1".encode())
    answer = await wire.answer()
    assert "within 0.05 s" in assert_problem(answer, 408)["detail"]
    assert answer.headers["connection"] == "close"
    assert await wire.closed()


@pytest.mark.parametrize("framing", ["Content-Length: 100", "Transfer-Encoding: chunked"])
async def test_a_client_that_disconnects_in_its_body_causes_no_incident(
    make_site: MakeSite, framing: str
) -> None:
    site = await make_site((_ECHO,))
    requests = counter(site.kernel.metrics, "helix_http_requests_total")
    wire = await site.wire()
    await wire.send(f"POST /echo HTTP/1.1\r\nHost: x\r\n{framing}\r\n\r\n1".encode())
    await site.get("/echo", method="POST")
    await wire.close()
    async with asyncio.timeout(TIMEOUT_S):
        while not (requests.value("/echo", "POST", "400") or requests.value("/echo", "POST", "500")):
            await asyncio.sleep(0.005)
    assert requests.value("/echo", "POST", "400") == 1


async def test_a_webhook_that_is_sent_too_slowly_is_disconnected(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "_LINGERING_S", 0.05)
    site = await make_site(body_timeout_s=0.05)
    wire = await site.wire()
    await wire.send(
        b"POST /webhooks/ucf.update HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Content-Length: 100\r\n\r\n{"
    )
    assert_problem(await wire.answer(), 408)
    assert await wire.closed()


async def test_an_endless_head_is_refused_by_size(site: Site) -> None:
    wire = await site.wire()
    await wire.send(b"GET /ucf HTTP/1.1\r\nHost: x\r\n")
    line = b"X-Long: " + b"x" * 6000 + b"\r\n"
    for _ in range(MAX_HEAD_BYTES // len(line) + 1):
        await wire.send(line)
    assert_problem(await wire.answer(), 431)
    assert await wire.closed()


class _Slow:
    """A route that says when it is asked, and answers once it may."""

    def __init__(self) -> None:
        self.arrived = asyncio.Event()
        self.gate = asyncio.Event()

    async def get(self, _request: web.Request) -> web.Response:
        self.arrived.set()
        await self.gate.wait()
        return web.Response(text="slow")


async def test_an_incomplete_head_does_not_cut_off_the_earlier_answer(
    make_site: MakeSite,
) -> None:
    slow = _Slow()
    site = await make_site((RouteSpec(path="/slow", handler=slow.get, summary=""),), head_timeout_s=0.02)
    wire = await site.wire()
    await wire.send(head("/slow"))
    await asyncio.wait_for(slow.arrived.wait(), TIMEOUT_S)
    await wire.send(b"GET /nothing HT")
    served = site.only_connection()
    async with asyncio.timeout(TIMEOUT_S):
        while served._head_timeout._timer is None:
            await asyncio.sleep(0)
    first = served._head_timeout._timer
    async with asyncio.timeout(TIMEOUT_S):
        while served._head_timeout._timer is first:
            await asyncio.sleep(0.005)
    slow.gate.set()
    assert (await wire.answer()).body == b"slow"
    assert_problem(await wire.answer(), 408)


async def test_a_client_that_reads_nothing_is_disconnected(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(bounded, "STALLED_S", 0.05)

    async def large(_request: web.Request) -> web.Response:
        return web.Response(body=b"x" * 20_000_000)

    site = await make_site((RouteSpec(path="/large", handler=large, summary=""),))
    with caplog.at_level(logging.INFO), socket.create_connection(("127.0.0.1", site.server.port)) as client:
        client.setblocking(False)
        await asyncio.get_running_loop().sock_sendall(client, head("/large"))
        async with asyncio.timeout(TIMEOUT_S):
            while not site.runner.server or not site.runner.server.connections:
                await asyncio.sleep(0)
            while site.runner.server.connections:
                await asyncio.sleep(0.005)
    assert "http.stalled client=127.0.0.1" in caplog.text


async def test_a_large_answer_is_sent_completely(
    make_site: MakeSite,
) -> None:
    async def large(_request: web.Request) -> web.Response:
        return web.Response(body=b"x" * 5_000_000)

    site = await make_site((*ROUTES, RouteSpec(path="/large", handler=large, summary="")))
    wire = await site.wire()
    assert len((await wire.ask("/large")).body) == 5_000_000
    assert site.only_connection()._stall is None
    assert (await wire.ask("/ucf")).status == 200


def test_slow_clients_are_disconnected_on_uvloop_too(tmp_path: Path) -> None:
    async def story() -> list[int]:
        async with sites(tmp_path) as make:
            site = await make(head_timeout_s=0.05, body_timeout_s=0.05, max_connections=2)
            statuses = []
            for first in (b"GET / HT", b"POST /session HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"):
                wire = await site.wire()
                await wire.send(first)
                statuses.append((await wire.answer()).status)
                assert await wire.closed()
            wires = [await site.wire() for _ in range(2)]
            statuses += [(await wire.ask("/ucf")).status for wire in wires]
            third = await site.wire()
            assert await wires[0].closed()
            return [*statuses, (await third.ask("/ucf")).status]

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(story()) == [408, 408, 200, 200, 200]


async def test_an_endless_head_closes_the_connection_after_the_earlier_answer(
    make_site: MakeSite,
) -> None:
    slow = _Slow()
    site = await make_site((RouteSpec(path="/slow", handler=slow.get, summary=""),))
    wire = await site.wire()
    await wire.send(head("/slow"))
    await asyncio.wait_for(slow.arrived.wait(), TIMEOUT_S)
    served = site.only_connection()
    await wire.send(b"GET /nothing HTTP/1.1\r\n")
    async with asyncio.timeout(TIMEOUT_S):
        while not served.is_closing:
            await wire.send(b"X: " + b"x" * 4000 + b"\r\n")
            await asyncio.sleep(0)
    slow.gate.set()
    assert (await wire.answer()).body == b"slow"
    assert await wire.closed()


@pytest.mark.parametrize("header", ["Connection: close", "Connection: keep-alive"])
async def test_a_closed_connection_is_aborted_if_its_client_reads_nothing(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, header: str
) -> None:
    monkeypatch.setattr(linger, "LINGER_S", 0.05)
    site = await make_site((_UNSENT,))
    with await _taking_nothing(site, header):
        served = site.only_connection()
        if header.endswith("alive"):
            served.closes_idle_at = 0
            served._process_keepalive()
        await _until_none_is_left(site)
        assert not served._linger.lasts


@pytest.mark.parametrize("header", ["Connection: close", "Connection: keep-alive"])
async def test_a_client_that_reads_nothing_makes_room_for_another(make_site: MakeSite, header: str) -> None:
    site = await make_site((*ROUTES, _UNSENT), max_connections=1)
    with await _taking_nothing(site, header):
        wire = await site.wire()
        assert (await wire.ask("/ucf")).status == 200
        site.only_connection()


async def _unsent(request: web.Request) -> web.Response:
    """Leaves some of its answer unsent, yet not so much that the handler would wait for the client."""
    transport = request.transport
    assert isinstance(transport, asyncio.Transport)
    transport.set_write_buffer_limits(high=64_000_000)
    response = web.Response(body=b"x" * 20_000_000)
    if request.headers["Connection"] == "close":
        response.force_close()
    return response


_UNSENT = RouteSpec(path="/unsent", handler=_unsent, summary="")


async def _taking_nothing(site: Site, header: str) -> socket.socket:
    """A client that has got an answer whole, as far as the server's handler is concerned."""
    client = socket.create_connection(("127.0.0.1", site.server.port))
    client.setblocking(False)
    await asyncio.get_running_loop().sock_sendall(client, head("/unsent", header))
    async with asyncio.timeout(TIMEOUT_S):
        while not site.runner.server or not site.runner.server.connections:
            await asyncio.sleep(0)
        while site.runner.server.connections:
            served = site.only_connection()
            if served.request_count and served.waiting_since() is not None:
                break
            await asyncio.sleep(0)
    return client


async def _until_none_is_left(site: Site) -> None:
    assert site.runner.server is not None
    async with asyncio.timeout(TIMEOUT_S):
        while site.runner.server.connections:
            await asyncio.sleep(0.005)
