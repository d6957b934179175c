"""A server that answers each request with bytes of the test's choice, be they HTTP or not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

OK = b"HTTP/1.1 200 OK\r\n"
# Answers that begin with a good status and go on badly.
BAD_AFTER_200: dict[str, bytes] = {
    "a long header": OK + b"X-Long: " + b"x" * 70_000 + b"\r\nContent-Length: 0\r\n\r\n",
    "many headers": OK + b"".join(b"X-%d: x\r\n" % n for n in range(1_000)) + b"Content-Length: 0\r\n\r\n",
    "a header without a name": OK + b": x\r\nContent-Length: 0\r\n\r\n",
    "a body in br": OK + b"Content-Encoding: br\r\nContent-Length: 2\r\n\r\nhi",
    "a body in zstd": OK + b"Content-Encoding: zstd\r\nContent-Length: 2\r\n\r\nhi",
    "a bad body in gzip": OK + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\nhi",
    "bytes after the end": OK + b"Content-Length: 2\r\n\r\nhi there",
    "a bad chunk": OK + b"Transfer-Encoding: chunked\r\n\r\nnone\r\nhi\r\n0\r\n\r\n",
    "a chunk that is cut off": OK + b"Transfer-Encoding: chunked\r\n\r\nff\r\nhi",
    "one length twice": OK + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi",
    "two lengths": OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi",
    "a length that is no number": OK + b"Content-Length: two\r\n\r\nhi",
    "a body that is cut off": OK + b"Content-Length: 200\r\n\r\nhi",
    "a head that is cut off": OK + b"Content-Le",
    "nothing more": OK,
    "an interim answer first": b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + OK + b": x\r\n\r\n",
}


@asynccontextmanager
async def answering(*answers: bytes | Sequence[bytes]) -> AsyncIterator[str]:
    """Its address; requests are answered in turn, the last answer stays, and then the connection ends.

    An answer of several parts is sent part by part, and its connection stays open.
    """
    left, serving = list(answers), set[asyncio.Task[None]]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        try:
            while await _answer_one(reader, writer, left):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            # The end of the block may cancel it here too, and waits for it.
            with suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving)


async def _answer_one(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, left: list[bytes | Sequence[bytes]]
) -> bool:
    """Whether the connection stays open."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    await reader.readexactly(int(length or 0))
    answer = left.pop(0) if len(left) > 1 else left[0]
    for part in (answer,) if isinstance(answer, bytes) else answer:
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(0.01)
    return not isinstance(answer, bytes)
