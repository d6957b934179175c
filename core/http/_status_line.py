"""Keeps the status that a server answered with, whatever follows it.

No other file depends on the inside of aiohttp's client.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from functools import partial
from typing import Any, Final, Self

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.http_parser import RawResponseMessage
from aiohttp.streams import StreamReader

# RFC 9112 §4. An answer may be preceded by interim ones, each of them with headers (RFC 9110 §15.2).
_STATUS_LINE: Final = re.compile(rb"HTTP/\d\.\d ([1-9]\d\d)[ \r\n]")
_INTERIM: Final = re.compile(rb"HTTP/\d\.\d 1(?!01)\d\d[ \r\n].*?\r?\n\r?\n", re.DOTALL)
# Of an answer's beginning so much is kept in search of its status.
_BYTES: Final = 16 * 1024


class Answered(aiohttp.ClientError):
    """A server answered with a status, and what followed could not be read as HTTP."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


class StatusLine:
    """Finds the final status in the bytes that a server sends.

    Attributes:
        status: None until its line has come.
    """

    def __init__(self) -> None:
        self.status: int | None = None
        self._head = b""

    def feed(self, data: bytes) -> None:
        """Look at what has come; what follows the status is of no use here."""
        if self.status is not None or len(self._head) >= _BYTES:
            return
        self._head += data[:_BYTES]
        while interim := _INTERIM.match(self._head):
            self._head = self._head[interim.end() :]
        found = _STATUS_LINE.match(self._head)
        if found is not None and (found[1] == b"101" or found[1] >= b"200"):
            self.status = int(found[1])


class _Protocol(ResponseHandler):
    """Notes the status of each answer, and lets nothing come that was not asked for."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.line = StatusLine()
        # The body of the answer, once its head is read; after 101 another protocol is spoken.
        self._body: StreamReader | None = None

    def set_response_params(self, **params: Any) -> None:  # noqa: ANN401 - as aiohttp
        """A request begins."""
        self.line, self._body = StatusLine(), None
        super().set_response_params(**params)

    def feed_data(self, data: tuple[RawResponseMessage, StreamReader], size: int = 0) -> None:
        """The head of an answer is read."""
        message, body = data
        if message.code >= 200:
            self._body = body
        super().feed_data(data, size)

    def data_received(self, data: bytes) -> None:
        """Take what has come; after the end of the answer nothing more is taken on this connection."""
        if self._body is not None and self._body.is_eof():
            # Kept, it would be read as the answer to the next request.
            self.force_close()
            if self.transport is not None:
                self.transport.close()
            return
        self.line.feed(data)
        super().data_received(data)


class Connector(aiohttp.TCPConnector):
    """Makes connections that note the status of each answer."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - as aiohttp
        super().__init__(**options)
        make: Callable[..., ResponseHandler] = _Protocol
        self._factory = partial(make, loop=self._loop)


class Response(aiohttp.ClientResponse):
    """An answer whose status is known as soon as its line has come."""

    async def start(self, connection: Connection) -> Self:
        """Read the head of the answer.

        Raises:
            Answered: there is a status, and the rest of the head cannot be read.
        """
        protocol = connection.protocol
        try:
            await super().start(connection)
        except (aiohttp.ClientError, HttpProcessingError, OSError) as error:
            if isinstance(protocol, _Protocol) and protocol.line.status is not None:
                raise Answered(protocol.line.status) from error
            raise
        return self
