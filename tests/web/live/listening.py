"""Clients that listen: to Server-Sent Events over a raw socket, and to a WebSocket by aiohttp."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import msgspec

from tests.web.helpers import TIMEOUT_S, Site, head


@dataclass(frozen=True)
class Told:
    """One event as a client has it: `raw` is what came over the wire, or the text of the message."""

    id: int | None
    event: str
    data: Any
    raw: bytes


class SseListener:
    """Reads an event stream as a browser does, block by block."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.status = 0
        self.headers: dict[str, str] = {}

    async def begin(self, path: str, *headers: str) -> None:
        self.writer.write(head(path, *headers))
        async with asyncio.timeout(TIMEOUT_S):
            lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        self.status = int(lines[0].split(" ")[1])
        pairs = (line.partition(": ") for line in lines[1:] if line)
        self.headers = {name.lower(): value for name, _, value in pairs}

    async def block(self) -> bytes:
        """What stands before the next empty line."""
        async with asyncio.timeout(TIMEOUT_S):
            return await self.reader.readuntil(b"\n\n")

    async def next(self) -> Told:
        """The next event; comments and `retry` are passed over."""
        while True:
            block = await self.block()
            fields = [line.partition(b": ") for line in block.split(b"\n") if line]
            named = {name.decode(): value for name, _, value in fields}
            if "event" in named:
                number = named.get("id")
                return Told(
                    None if number is None else int(number),
                    named["event"].decode(),
                    msgspec.json.decode(named["data"]),
                    block,
                )

    async def rest(self) -> bytes:
        """All that comes until the server ends it."""
        async with asyncio.timeout(TIMEOUT_S):
            return await self.reader.read()


class WsListener:
    """Reads the messages of a WebSocket."""

    def __init__(self, connection: aiohttp.ClientWebSocketResponse) -> None:
        self.connection = connection

    async def next(self) -> Told:
        text = await self.connection.receive_str(timeout=TIMEOUT_S)
        message = msgspec.json.decode(text)
        return Told(message["id"], message["event"], message["data"], text.encode())

    async def end(self) -> int | None:
        """What closed it."""
        while True:
            message = await self.connection.receive(timeout=TIMEOUT_S)
            if message.type in {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR}:
                return self.connection.close_code


Listener = SseListener | WsListener


@asynccontextmanager
async def over_sse(site: Site, path: str = "/events", *headers: str) -> AsyncIterator[SseListener]:
    reader, writer = await asyncio.open_connection("127.0.0.1", site.server.port, limit=2**20)
    listener = SseListener(reader, writer)
    try:
        await listener.begin(path, *headers)
        yield listener
    finally:
        writer.close()


@asynccontextmanager
async def over_ws(site: Site, path: str = "/ws", **options: Any) -> AsyncIterator[WsListener]:
    session = await site.session()
    async with session.ws_connect(path, **options) as connection:
        yield WsListener(connection)


async def gone(site: Site) -> None:
    """Returns once the server has noticed that nobody listens."""
    async with asyncio.timeout(40):
        while site.streams.clients:
            await asyncio.sleep(0.005)
