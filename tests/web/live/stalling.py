"""Clients that ask for a stream and then read nothing, on real sockets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.web.helpers import Site, counter, head
from web.live.client import Client

# More than the system holds for a connection on both sides together.
LARGE = "x" * 100_000
UPGRADE = (
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)


@asynccontextmanager
async def not_reading(site: Site, path: str) -> AsyncIterator[socket.socket]:
    """A client that asks for a stream and then reads nothing."""
    before = set(site.streams._clients)
    with socket.socket() as connection:
        # Before it connects, so that the window is small from the start.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(connection, ("127.0.0.1", site.server.port))
        await loop.sock_sendall(connection, head(path, *(UPGRADE if path.startswith("/ws") else ())))
        async with asyncio.timeout(40):
            while site.streams._clients.keys() <= before:
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


async def fall_behind(site: Site, client: Client) -> int:
    """Tell so much that the client is behind; returns the number after that of the last event, from 1."""
    number = 1
    while client.behind_since is None:
        await tell_much(site, number)
        number += 1
    return number


def dropped(site: Site, transport: str, reason: str) -> float:
    return counter(site.kernel.metrics, "helix_stream_dropped_total").value(transport, reason)


async def gone(site: Site) -> None:
    """Returns once nobody is served any more."""
    async with asyncio.timeout(40):
        while site.streams.clients:
            await asyncio.sleep(0.005)


async def until(connection: socket.socket, end: bytes) -> None:
    """Reads up to `end`."""
    loop, last = asyncio.get_running_loop(), b""
    async with asyncio.timeout(40):
        while not last.endswith(end):
            data = await loop.sock_recv(connection, 1 << 20)
            assert data
            last = (last + data)[-200:]


async def rest_of(connection: socket.socket) -> bytes:
    """All that comes until the end, whatever it is."""
    loop, received = asyncio.get_running_loop(), b""
    async with asyncio.timeout(40):
        while True:
            try:
                data = await loop.sock_recv(connection, 1 << 20)
            except ConnectionResetError:
                return received
            if not data:
                return received
            received += data
