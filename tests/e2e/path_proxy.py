"""A proxy before Helix, which serves it below a path: as it comes, or with the path taken away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

_NOT_HERE = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@asynccontextmanager
async def proxy(port: int, path: str, helix_url: str, *, strips: bool) -> AsyncIterator[None]:
    """Listens on `port` of 127.0.0.1; what is not below `path` belongs to another application: 404."""
    host, _, helix_port = urlsplit(helix_url).netloc.partition(":")

    serving: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(serve(reader, writer))
        serving.add(task)
        task.add_done_callback(serving.discard)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            method, target, rest = head.split(b" ", 2)
            prefix = path.encode()
            if target != prefix and not target.startswith((prefix + b"/", prefix + b"?")):
                writer.write(_NOT_HERE)
            else:
                kept = target.removeprefix(prefix) if strips else target
                # One request for each connection, so that nothing but heads has to be read.
                rest = rest.replace(b"Connection: keep-alive", b"Connection: close")
                helix_reader, helix_writer = await asyncio.open_connection(host, int(helix_port))
                helix_writer.write(b" ".join((method, kept or b"/", rest)))
                forth = asyncio.create_task(_pass_on(reader, helix_writer))
                try:
                    await _pass_on(helix_reader, writer)
                finally:
                    forth.cancel()
                    helix_writer.close()
        writer.close()

    async with await asyncio.start_server(accept, "127.0.0.1", port):
        yield
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
