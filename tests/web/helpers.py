"""A server under test, and clients for it: a well-behaved one and a raw socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeAlias

import aiohttp
import msgspec

from core.health import Check, Reading
from core.http.aiohttp_internals import Runner
from core.metrics import Counter, Histogram, Registry
from core.runtime.kernel import Kernel
from state.change import Change
from state.collective import Collective
from tests.manual_clock import ManualClock
from web.app import WebServer
from web.edge.protocol import Connection
from web.live.streams import Streams

TIMEOUT_S = 40.0


@dataclass(frozen=True)
class Answer:
    """One HTTP response as read from a socket; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return msgspec.json.decode(self.body)


class Wire:
    """A raw connection, for requests that no well-behaved client would send."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    def end(self) -> None:
        """Send nothing more, and go on reading."""
        self._writer.write_eof()

    async def answer(self, *, head_only: bool = False) -> Answer:
        async with asyncio.timeout(TIMEOUT_S):
            lines = (await self._reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            pairs = (line.partition(": ") for line in lines[1:] if line)
            headers = {name.lower(): value for name, _, value in pairs}
            length = 0 if head_only else int(headers.get("content-length", "0"))
            return Answer(int(lines[0].split(" ")[1]), headers, await self._reader.readexactly(length))

    async def ask(self, path: str, *headers: str, method: str = "GET") -> Answer:
        await self.send(head(path, *headers, method=method))
        return await self.answer(head_only=method == "HEAD")

    async def rest(self) -> bytes:
        """All that comes until the server ends the connection."""
        async with asyncio.timeout(TIMEOUT_S):
            return await self._reader.read()

    async def closed(self) -> bool:
        """Whether the server ends the connection, with nothing more to say."""
        return await self.rest() == b""

    async def close(self) -> None:
        self._writer.close()
        # Where the server has closed before, with bytes of ours unread.
        with suppress(ConnectionError):
            await self._writer.wait_closed()


def head(path: str, *headers: str, method: str = "GET") -> bytes:
    """The bytes of a request without a body."""
    return "\r\n".join((f"{method} {path} HTTP/1.1", "Host: helix.test", *headers, "", "")).encode()


def counter(metrics: Registry, name: str) -> Counter:
    """The counter of that name, which must be there."""
    metric = metrics.get(name)
    assert isinstance(metric, Counter)
    return metric


def histogram(metrics: Registry, name: str) -> Histogram:
    """The histogram of that name, which must be there."""
    metric = metrics.get(name)
    assert isinstance(metric, Histogram)
    return metric


class Site:
    """The server under test and everything behind it."""

    def __init__(
        self,
        kernel: Kernel,
        collective: Collective,
        server: WebServer,
        clock: ManualClock,
        stack: AsyncExitStack,
    ) -> None:
        self.kernel = kernel
        self.collective = collective
        self.server = server
        self.clock = clock
        self._stack = stack

    async def session(self, **options: Any) -> aiohttp.ClientSession:
        """A client that takes what it gets: no automatic decompression."""
        options.setdefault("auto_decompress", False)
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        url = f"http://127.0.0.1:{self.server.port}"
        return await self._stack.enter_async_context(aiohttp.ClientSession(url, timeout=timeout, **options))

    async def get(self, path: str, *, method: str = "GET", **headers: str) -> Answer:
        """One request on a connection of its own; header names with underscores for hyphens."""
        session = await self.session(skip_auto_headers=("Accept-Encoding", "Accept"))
        wanted = {name.replace("_", "-"): value for name, value in headers.items()}
        async with session.request(method, path, headers=wanted, allow_redirects=False) as response:
            found = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status, found, await response.read())

    async def wire(self) -> Wire:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port, limit=2**20)
        wire = Wire(reader, writer)
        self._stack.push_async_callback(wire.close)
        return wire

    async def change(self, **metrics: float) -> None:
        """Change the UCF as any command would."""
        await self.collective.manager.change(
            lambda snapshot: Change(ucf=msgspec.structs.replace(snapshot.ucf, **metrics))
        )

    def check(self, name: str) -> Check:
        """The check of that name as it is now; it must have reported."""
        self.kernel.health.refresh()
        found = self.kernel.health.get(name)
        assert found is not None
        return found

    @property
    def runner(self) -> Runner:
        """What listens, for tests that look behind the server; it must be running."""
        runner = self.server._runner
        assert runner is not None
        return runner

    @property
    def streams(self) -> Streams:
        """Who listens, for tests that look behind the server."""
        return self.server._streams

    @asynccontextmanager
    async def beating(self) -> AsyncIterator[None]:
        """The loop of the streams runs, by the clock of the test."""
        running = asyncio.create_task(self.streams.run())
        try:
            yield
        finally:
            running.cancel()
            await asyncio.wait((running,))

    async def pass_time(self, seconds: int) -> None:
        """Second after second, with the loop of the streams doing its part in each."""
        for _ in range(seconds):
            await self.clock.until_sleeping()
            self.clock.advance(1)

    def only_connection(self) -> Connection:
        """The server's side of the one connection that there is."""
        assert self.runner.server is not None
        (served,) = self.runner.server.connections
        assert isinstance(served, Connection)
        return served

    def connect_gateway(self) -> None:
        """Say what the bot says once it is connected."""
        self.kernel.health.report("gateway", "pass", required=True)

    def break_store(self) -> None:
        """Let the store's check fail from now on."""
        self.kernel.health.add_probe(
            "store", lambda: Reading(status="fail", reason="disk full"), required=True
        )
        self.kernel.health.refresh()


MakeSite: TypeAlias = Callable[..., Awaitable[Site]]
