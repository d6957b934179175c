"""A response that hands its connection over from aiohttp to a stream."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping
from http import HTTPStatus
from typing import final

from aiohttp import web


class Stream(asyncio.Protocol, ABC):
    """The protocol of a connection that aiohttp has handed over."""

    # No instance dict, because there are many streams.
    __slots__ = ()

    @abstractmethod
    def begin(self, transport: asyncio.Transport, head: bytes, received: bytes) -> None:
        """Take over a connection: send `head` first; `received` holds the bytes after the request."""


@final
class HandOver(web.StreamResponse):
    """The head of a stream's response; `Connection` sends it and hands the transport to `stream`.

    aiohttp keeps two tasks, a parser, a request and a response per connection. A stream needs none of them,
    and there may be ten thousand, so its connection leaves aiohttp after the head.

    Args:
        status: 200, or 101 for a protocol upgrade.
        headers: all response headers.
        stream: the protocol that takes over the connection.
    """

    def __init__(self, status: HTTPStatus, headers: Mapping[str, str], stream: Stream) -> None:
        super().__init__(status=status, headers=headers)
        self._stream = stream

    def hand_over(self, transport: asyncio.Transport, date: bytes, received: bytes) -> None:
        """Hand the connection to the stream, which sends the head.

        Args:
            transport: the connection.
            date: the value of the Date header.
            received: the bytes after the request.
        """
        status = HTTPStatus(self.status)
        lines = (
            f"HTTP/1.1 {status.value} {status.phrase}",
            *(f"{name}: {value}" for name, value in self.headers.items()),
        )
        head = "".join(f"{line}\r\n" for line in lines).encode()
        transport.set_protocol(self._stream)
        self._stream.begin(transport, b"%sDate: %s\r\n\r\n" % (head, date), received)
