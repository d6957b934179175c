"""A response after which the connection is no longer HTTP's: it belongs to a stream."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, final

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Mapping

    from web.live.client import Client


@final
class HandOver(web.StreamResponse):
    """The head of a stream; `Connection` sends it and gives the transport to `client`.

    aiohttp keeps two tasks, a parser, a request and a response for each open connection. A stream needs none
    of them, and there may be ten thousand: so it leaves aiohttp once its head is known.

    Args:
        status: 200, or 101 where the protocol changes.
        headers: all of them.
        client: who the connection belongs to from then on.
    """

    def __init__(self, status: HTTPStatus, headers: Mapping[str, str], client: Client) -> None:
        super().__init__(status=status, headers=headers)
        self._client = client

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
        transport.set_protocol(self._client)
        self._client.begin(transport, b"%sDate: %s\r\n\r\n" % (head, date), received)
