"""What a client may do to us: read slowly, not at all, or say too much."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from tests.web.helpers import Site, counter, head
from tests.web.live.listening import over_sse, over_ws
from tests.web.live.test_frames import masked
from web.live.client import BEHIND_BYTES, MOST_WAITING_BYTES, Client
from web.live.frames import Opcode
from web.live.ws_client import MOST_FRAMES_A_BEAT

# More than the system holds for a connection on both sides together.
LARGE = "x" * 100_000
_UPGRADE = (
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)


@asynccontextmanager
async def not_reading(site: Site, path: str) -> AsyncIterator[socket.socket]:
    """A client that asks for a stream and then reads nothing."""
    before = site.streams.clients
    with socket.socket() as connection:
        # Before it connects, so that the window is small from the start.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(connection, ("127.0.0.1", site.server.port))
        await loop.sock_sendall(connection, head(path, *(_UPGRADE if path.startswith("/ws") else ())))
        async with asyncio.timeout(5):
            while site.streams.clients == before:
                await asyncio.sleep(0.005)
        yield connection


def only_client(site: Site) -> Client:
    (client,) = (one for one in site.streams._clients)
    return client


async def tell_much(site: Site, number: int) -> None:
    """A large event, and a moment for it to go out."""
    # A reason would be cut; what is to be done about it is Helix's own text.
    site.kernel.health.report("test", "fail", str(number), action=LARGE)
    for _ in range(3):
        await asyncio.sleep(0)


def dropped(site: Site, transport: str, reason: str) -> float:
    return counter(site.kernel.metrics, "helix_stream_dropped_total").value(transport, reason)


async def gone(site: Site) -> None:
    """Returns once nobody is served any more."""
    async with asyncio.timeout(5):
        while site.streams.clients:
            await asyncio.sleep(0.005)


async def until(connection: socket.socket, end: bytes) -> None:
    """Reads up to `end`."""
    loop, last = asyncio.get_running_loop(), b""
    async with asyncio.timeout(10):
        while not last.endswith(end):
            data = await loop.sock_recv(connection, 1 << 20)
            assert data
            last = (last + data)[-200:]


async def rest_of(connection: socket.socket) -> bytes:
    """All that comes until the end, whatever it is."""
    loop, received = asyncio.get_running_loop(), b""
    async with asyncio.timeout(10):
        while True:
            try:
                data = await loop.sock_recv(connection, 1 << 20)
            except ConnectionResetError:
                return received
            if not data:
                return received
            received += data


@pytest.mark.parametrize("path", ["/events", "/ws"])
async def test_a_client_that_does_not_read_is_dropped_before_it_costs_much(site: Site, path: str) -> None:
    async with not_reading(site, f"{path}?topics=health") as connection:
        client = only_client(site)
        most, told = 0, 0
        while not dropped(site, path[1:].replace("events", "sse"), "slow"):
            assert told < 100
            await tell_much(site, told)
            told += 1
            if client.transport is not None:
                most = max(most, client.transport.get_write_buffer_size())
        # The bound, and the one event that crossed it.
        assert most <= MOST_WAITING_BYTES + 2 * len(LARGE)
        assert site.streams.clients == 0
        assert site.streams.behind == set()
        if path == "/ws":
            # It still hears why, where it reads on at last.
            await until(connection, b"\x88\x0a\x03\xf5too slow")
            connection.send(masked(Opcode.CLOSE, b"\x03\xf5"))
        await rest_of(connection)
        assert site.streams._leaving == {}


async def test_who_was_behind_before_the_stream_began_is_dropped_likewise(site: Site) -> None:
    loop = asyncio.get_running_loop()
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.setblocking(False)
        await loop.sock_connect(connection, ("127.0.0.1", site.server.port))
        async with asyncio.timeout(10):
            await _fill(site, connection)
            await loop.sock_sendall(connection, head("/events?topics=health"))
            while not site.streams.clients:
                await asyncio.sleep(0)
        for told in range(20):
            await tell_much(site, told)
        assert dropped(site, "sse", "slow") == 1
        assert site.streams.behind == set()


async def _fill(site: Site, connection: socket.socket) -> None:
    """Asks, and takes no answer, until the server's side is full; with a known head's answer."""
    while not (server := site.runner.server) or not server.connections:
        await asyncio.sleep(0)
    served = site.only_connection()
    asked = 0
    while not served.writing_paused:
        while served.waiting_since() is None:
            await asyncio.sleep(0)
        await asyncio.get_running_loop().sock_sendall(connection, head("/agents"))
        asked += 1
        while served._request_count < asked:
            await asyncio.sleep(0)


async def test_the_others_hear_everything_meanwhile(site: Site) -> None:
    async with over_sse(site, "/events?topics=health") as quick:
        await quick.next()
        async with not_reading(site, "/events?topics=health"):
            for number in range(20):
                await tell_much(site, number)
                told = await quick.next()
                assert told.data["reason"] == str(number)
        assert dropped(site, "sse", "slow") == 1
        assert site.streams.clients == 1


@pytest.mark.parametrize("path", ["/events", "/ws"])
async def test_a_client_that_stays_behind_is_dropped_in_time(site: Site, path: str) -> None:
    transport = "ws" if path == "/ws" else "sse"
    async with not_reading(site, f"{path}?topics=health"):
        client = only_client(site)
        number = 0
        while client.behind_since is None:
            await tell_much(site, number)
            number += 1
        assert client.transport is not None
        assert BEHIND_BYTES < client.transport.get_write_buffer_size() <= MOST_WAITING_BYTES
        async with site.beating():
            await site.pass_time(19)
            assert site.streams.clients == 1
            await site.pass_time(1)
            await gone(site)
        assert dropped(site, transport, "slow") == 1


async def test_a_client_that_catches_up_stays(site: Site) -> None:
    async with not_reading(site, "/events?topics=health") as connection:
        client = only_client(site)
        number = 0
        while client.behind_since is None:
            await tell_much(site, number)
            number += 1
        assert site.streams.behind == {client}
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(10):
            while client.behind_since is not None:
                await loop.sock_recv(connection, 1 << 20)
        assert site.streams.behind == set()
        assert (site.streams.clients, dropped(site, "sse", "slow")) == (1, 0)


async def test_a_listener_to_events_that_goes_on_talking_is_dropped(site: Site) -> None:
    async with over_sse(site) as listener:
        await listener.next()
        listener.writer.write(b"GET / HTTP/1.1\r\n\r\n")
        await site.change(harmony=0.9)
        # A little is passed over.
        assert (await listener.next()).event == "state"
        listener.writer.write(b"x" * 5000)
        await listener.reader.read()
    assert dropped(site, "sse", "misused") == 1


@pytest.mark.parametrize("kind", [Opcode.TEXT, Opcode.BINARY])
async def test_a_message_of_a_client_is_not_taken(site: Site, kind: Opcode) -> None:
    async with over_ws(site) as listener:
        await listener.next()
        if kind is Opcode.TEXT:
            await listener.connection.send_str("hello")
        else:
            await listener.connection.send_bytes(b"x" * 1_000_000)
        assert await listener.end() == aiohttp.WSCloseCode.UNSUPPORTED_DATA
    assert dropped(site, "ws", "misused") == 1


async def test_what_is_against_the_protocol_ends_it(site: Site) -> None:
    async with not_reading(site, "/ws") as connection:
        await asyncio.get_running_loop().sock_sendall(connection, b"\x89\x00")
        async with site.beating():
            await gone(site)
            await site.pass_time(2)
            assert (await rest_of(connection)).endswith(b"\x88\x19\x03\xeanot masked, or too long")
    assert (site.streams.clients, site.streams._leaving) == (0, {})


async def test_pings_without_end_end_it(site: Site) -> None:
    async with over_ws(site) as listener:
        await listener.next()
        for _ in range(MOST_FRAMES_A_BEAT + 1):
            await listener.connection.ping()
        assert await listener.end() == aiohttp.WSCloseCode.POLICY_VIOLATION
    assert dropped(site, "ws", "misused") == 1


async def test_of_a_flood_of_pings_only_the_first_are_looked_at(site: Site) -> None:
    async with not_reading(site, "/ws") as connection:
        await asyncio.get_running_loop().sock_sendall(connection, masked(Opcode.PING, b"") * 5000)
        await until(connection, b"\x8a\x00" * MOST_FRAMES_A_BEAT + b"\x88\x0f\x03\xf0too much said")
    assert dropped(site, "ws", "misused") == 1


async def test_frames_that_come_with_the_handshake_are_read(site: Site) -> None:
    async with site.beating():
        wire = await site.wire()
        await wire.send(
            head("/ws", *_UPGRADE) + masked(Opcode.PING, b"early") + masked(Opcode.CLOSE, b"\x03\xe8")
        )
        received = await wire.rest()
    assert received.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
    assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in received
    assert received.endswith(b"\x8a\x05early\x88\x02\x03\xe8")
    assert dropped(site, "ws", "misused") == 0


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b"", b"\x88\x00"),
        (b"\x03\xe8bye", b"\x88\x02\x03\xe8"),
        (b"\x0f\xa0", b"\x88\x02\x0f\xa0"),
        # Half a code; codes that no frame may carry (RFC 6455 §7.4.1), and one of nobody's.
        (b"\x03", b"\x88\x0e\x03\xeano such code"),
        (b"\x03\xed", b"\x88\x0e\x03\xeano such code"),
        (b"\x03\xe7", b"\x88\x0e\x03\xeano such code"),
        (b"\x03\xe8\xff", b"\x88\x19\x03\xefthe reason is not UTF-8"),
    ],
)
async def test_a_goodbye_is_answered_by_its_own_code_or_by_what_is_wrong_with_it(
    site: Site, sent: bytes, answer: bytes
) -> None:
    async with site.beating():
        wire = await site.wire()
        await wire.send(head("/ws", *_UPGRADE) + masked(Opcode.CLOSE, sent))
        assert (await wire.rest()).endswith(answer)


async def test_the_system_holds_little_for_a_client(site: Site) -> None:
    async with over_sse(site) as listener:
        await listener.next()
        transport = only_client(site).transport
        assert transport is not None
        held = transport.get_extra_info("socket")
        assert held.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) <= 256 * 1024
