"""Keeps the status of an answer even if the rest of it is broken."""

from __future__ import annotations

import asyncio
import re
from typing import Any, Final, Self

import aiohttp
from aiohttp import StreamReader

from core.http.aiohttp_internals import (
    ClientConnection,
    HttpProcessingError,
    RawResponseMessage,
    ResponseHandler,
)

# RFC 9112 §4. Interim answers, each with headers, may precede the final one (RFC 9110 §15.2).
_STATUS_LINE: Final = re.compile(rb"HTTP/\d\.\d ([1-9]\d\d)[ \r\n]")
_INTERIM: Final = re.compile(rb"HTTP/\d\.\d 1(?!01)\d\d[ \r\n].*?\r?\n\r?\n", re.DOTALL)
# How much of an answer is searched for its status.
_BYTES: Final = 16 * 1024


class Answered(aiohttp.ClientError):
    """A server sent a status, but the rest of its answer was not valid HTTP."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


class StatusLine:
    """Finds the final status in the bytes that a server sends.

    Attributes:
        status: None until the status line was received.
    """

    def __init__(self) -> None:
        self.status: int | None = None
        self._head = b""

    def feed(self, data: bytes) -> None:
        """Processes received bytes until the status is found."""
        if self.status is not None or len(self._head) >= _BYTES:
            return
        self._head += data[:_BYTES]
        while interim := _INTERIM.match(self._head):
            self._head = self._head[interim.end() :]
        found = _STATUS_LINE.match(self._head)
        if found is not None and (found[1] == b"101" or found[1] >= b"200"):
            self.status = int(found[1])


class StatusProtocol(ResponseHandler):
    """Records the status of each answer, and rejects bytes that belong to no request."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.line = StatusLine()
        # The body of the answer, once its head was read; after a 101, another protocol follows.
        self._body: StreamReader | None = None

    def set_response_params(self, **params: Any) -> None:  # noqa: ANN401 - as aiohttp
        """Called when a request begins."""
        self.line, self._body = StatusLine(), None
        super().set_response_params(**params)

    def feed_data(self, data: tuple[RawResponseMessage, StreamReader], size: int = 0) -> None:
        """Called when the head of an answer was read."""
        message, body = data
        if message.code >= 200:
            self._body = body
        super().feed_data(data, size)

    def data_received(self, data: bytes) -> None:
        """Processes received bytes; closes the connection if bytes follow the end of the answer."""
        if self._body is not None and self._body.is_eof():
            # Extra bytes would otherwise be read as the answer to the next request.
            self.force_close()
            if self.transport is not None:
                self.transport.close()
            return
        self.line.feed(data)
        super().data_received(data)


class Response(aiohttp.ClientResponse):
    """An answer whose status is known as soon as its status line was received."""

    async def start(self, connection: ClientConnection) -> Self:
        """Reads the head of the answer.

        Raises:
            Answered: the status is known, but the rest of the head is invalid.
        """
        protocol = connection.protocol
        try:
            await super().start(connection)
        except (aiohttp.ClientError, HttpProcessingError, OSError) as error:
            if isinstance(protocol, StatusProtocol) and protocol.line.status is not None:
                raise Answered(protocol.line.status) from error
            raise
        return self
