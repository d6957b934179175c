"""A response after which the connection is no longer HTTP's: it belongs to a stream."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping
from http import HTTPStatus
from typing import final

from aiohttp import web


class Stream(asyncio.Protocol, ABC):
    """The protocol of a connection that has left aiohttp."""

    # A protocol without a dict of its own: there are many.
    __slots__ = ()

    @abstractmethod
    def begin(self, transport: asyncio.Transport, head: bytes, received: bytes) -> None:
        """Take over a connection; `head` is to be sent first, and `received` came after the request."""


@final
class HandOver(web.StreamResponse):
    """The head of a stream; `Connection` sends it and gives the transport to `stream`.

    aiohttp keeps two tasks, a parser, a request and a response for each open connection. A stream needs none
    of them, and there may be ten thousand: so it leaves aiohttp once its head is known.

    Args:
        status: 200, or 101 where the protocol changes.
        headers: all of them.
        stream: the protocol of the connection from then on.
    """

    def __init__(self, status: HTTPStatus, headers: Mapping[str, str], stream: Stream) -> None:
        super().__init__(status=status, headers=headers)
        self._stream = stream

    def hand_over(self, transport: asyncio.Transport, date: bytes, received: bytes) -> None:
        """Send the head, and let the stream go on from there.

        Args:
            transport: the connection.
            date: the value of the Date header.
            received: what came after the request.
        """
        status = HTTPStatus(self.status)
        lines = (
            f"HTTP/1.1 {status.value} {status.phrase}",
            *(f"{name}: {value}" for name, value in self.headers.items()),
        )
        head = "".join(f"{line}\r\n" for line in lines).encode()
        transport.set_protocol(self._stream)
        self._stream.begin(transport, b"%sDate: %s\r\n\r\n" % (head, date), received)
