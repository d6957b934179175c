"""Responses on the HTTP port during the start, before aiohttp is imported.

`/health/live` gets 200. Everything else gets 503 with Retry-After, because nothing can be read or stored yet.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Final, cast

import msgspec

from core.settings import Settings
from core.version import VERSION
from web.answers.headers import CORS, HEALTH_JSON, standard
from web.answers.problems import NO_STORE, Problem, wire
from web.edge.listening import BACKLOG, Sockets

_STARTING: Final = Problem(
    503, "Helix is starting. Retry in a second.", kind="starting", headers={"Retry-After": "1"}
)
_HEALTH_HEADERS: Final = (*standard(), *CORS, NO_STORE, ("Content-Type", HEALTH_JSON))
_LARGEST_HEAD: Final = 32 * 1024
# A connection that sends no head, or does not end after its response, is closed after this long.
_PATIENCE_S: Final = 5.0


class StartingAnswers:
    """Answers one request per connection until the HTTP server takes over the port."""

    def __init__(self, settings: Settings) -> None:
        self._below = settings.public_path
        self._most = settings.max_connections
        self._servers: list[asyncio.Server] = []
        self._open: set[_Connection] = set()

    async def open(self, sockets: Sockets) -> None:
        """Accept connections on the sockets, which stay open after `close`."""
        loop = asyncio.get_running_loop()
        for one in sockets:
            server = await loop.create_server(partial(_Connection, self), sock=one.dup(), backlog=BACKLOG)
            self._servers.append(server)

    def close(self) -> None:
        """Accept no more connections; existing ones get their responses."""
        for server in self._servers:
            server.close()
        self._servers.clear()

    def answer(self, head: bytes) -> bytes:
        """The response to a request with this head."""
        method, _, rest = head.partition(b" ")
        target = rest.partition(b" ")[0].partition(b"?")[0].decode("latin-1")
        path = target.removeprefix(self._below)
        if path == "/health/live":
            whole = wire(200, _HEALTH_HEADERS, msgspec.json.encode({"status": "pass"}))
        elif path == "/health":
            body = {"status": "fail", "releaseId": VERSION, "serviceId": "helix", "output": str(_STARTING)}
            whole = wire(503, (*_HEALTH_HEADERS, *_STARTING.headers.items()), msgspec.json.encode(body))
        else:
            whole = _STARTING.wire()
        return whole[: whole.index(b"\r\n\r\n") + 4] if method == b"HEAD" else whole

    def enter(self, connection: _Connection) -> bool:
        """Count a connection; returns False if there are too many."""
        if len(self._open) >= self._most:
            return False
        self._open.add(connection)
        return True

    def leave(self, connection: _Connection) -> None:
        """Stop counting a connection."""
        self._open.discard(connection)


class _Connection(asyncio.Protocol):
    def __init__(self, answers: StartingAnswers) -> None:
        self._answers = answers
        self._head = b""
        self._answered = False
        self._transport: asyncio.Transport
        self._timer: asyncio.TimerHandle

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._timer = asyncio.get_running_loop().call_later(_PATIENCE_S, self._transport.abort)
        if not self._answers.enter(self):
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        # Drain a body after the response: closing would reset the connection, and the client might not see
        # the response.
        if self._answered:
            return
        self._head += data
        if b"\r\n\r\n" in self._head:
            self._answered = True
            self._transport.write(self._answers.answer(self._head))
            self._transport.write_eof()
        elif len(self._head) > _LARGEST_HEAD:
            self._transport.abort()

    def eof_received(self) -> bool:
        # A client may close its side before its response has been written.
        return False

    def connection_lost(self, _exc: Exception | None) -> None:
        self._timer.cancel()
        self._answers.leave(self)
