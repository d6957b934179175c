"""The only file that uses undocumented parts of aiohttp.

Aliases give slots public names at no cost. After an upgrade of aiohttp,
`tests/core/http/test_aiohttp_internals.py` lists each missing part, and what needs it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, TypeVar

import aiohttp
from aiohttp import StreamReader, web
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection as ClientConnection
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong
from aiohttp.http_parser import RawResponseMessage
from aiohttp.streams import EMPTY_PAYLOAD
from aiohttp.web_protocol import RequestHandler, _ErrInfo

__all__ = [
    "EMPTY_PAYLOAD",
    "ClientConnection",
    "Connector",
    "HttpProcessingError",
    "LineTooLong",
    "RawResponseMessage",
    "ResponseHandler",
    "Runner",
    "ServerProtocol",
    "is_unparsed",
    "unparsed",
]

T = TypeVar("T")


class Slot(Protocol[T]):
    """An attribute of a class, as seen on its instances."""

    def __get__(self, instance: object, owner: type | None = None) -> T: ...

    def __set__(self, instance: object, value: T) -> None: ...


def _slot(name: str) -> Slot[Any]:
    """The descriptor of a slot of aiohttp's protocol, to be assigned to another name."""
    slot: Slot[Any] = getattr(RequestHandler, name)
    return slot


class ServerProtocol(RequestHandler):
    """aiohttp's protocol for a server connection, with public names for the slots we use.

    Attributes:
        loop: the event loop.
        idle_waiter: done once a whole request was received; None until aiohttp waits for the first one.
        is_paused: the transport buffers too much that the client has not read.
        is_closing: nothing more is read; requests received whole are answered.
        is_closed: nothing more is answered.
        is_answering: a handler is running.
        is_upgraded: the connection no longer speaks HTTP.
        is_buffer_full: reading is paused until received data was processed.
        request_count: number of requests received.
        messages: waiting requests that were received whole, each with its payload.
        message_tail: data received after a request that asks for another protocol.
        closes_idle_at: when an idle connection is closed, on the loop's clock.
        keepalive_s: how long an idle connection is kept open.
    """

    __slots__ = ()

    loop: Slot[asyncio.AbstractEventLoop] = _slot("_loop")
    idle_waiter: Slot[asyncio.Future[None] | None] = _slot("_waiter")
    is_paused: Slot[bool] = _slot("_paused")
    is_closing: Slot[bool] = _slot("_close")
    is_closed: Slot[bool] = _slot("_force_close")
    is_answering: Slot[bool] = _slot("_request_in_progress")
    is_upgraded: Slot[bool] = _slot("_upgraded")
    is_buffer_full: Slot[bool] = _slot("_buffer_paused")
    request_count: Slot[int] = _slot("_request_count")
    messages: Slot[deque[tuple[Any, StreamReader]]] = _slot("_messages")
    message_tail: Slot[bytes] = _slot("_message_tail")
    closes_idle_at: Slot[float] = _slot("_next_keepalive_close_time")
    keepalive_s: Slot[float] = _slot("_keepalive_timeout")

    def idle_until(self) -> float:
        """When the connection may be closed if it is still idle, on the loop's clock."""
        return self.closes_idle_at

    def _process_keepalive(self) -> None:
        self.closes_idle_at = self.idle_until()
        super()._process_keepalive()


def unparsed(error: HttpProcessingError, status: int) -> tuple[Any, StreamReader]:
    """The placeholder in `messages` for a request that cannot be handled."""
    return _ErrInfo(status, error, ""), EMPTY_PAYLOAD


def is_unparsed(message: object) -> bool:
    """Whether a message is a placeholder for a request that cannot be handled."""
    return isinstance(message, _ErrInfo)


class _Server(web.Server):
    """aiohttp's server with our protocol; handler and options are those of `inner`."""

    def __init__(self, inner: web.Server, connect: Callable[..., ServerProtocol]) -> None:
        super().__init__(inner.request_handler, request_factory=inner.request_factory, **inner._kwargs)  # noqa: SLF001 - they are not offered otherwise
        self._connect = connect

    def __call__(self) -> RequestHandler:
        """A protocol for a new connection."""
        return self._connect(self, loop=self._loop, **self._kwargs)


class Runner(web.AppRunner):
    """aiohttp's runner with our protocol.

    Args:
        connect: makes a protocol from the server, the loop and aiohttp's options.
        options: aiohttp's options.
    """

    __slots__ = ("_connect",)

    def __init__(
        self,
        app: web.Application,
        connect: Callable[..., ServerProtocol],
        **options: Any,  # noqa: ANN401 - aiohttp's own options
    ) -> None:
        super().__init__(app, **options)
        self._connect = connect

    async def _make_server(self) -> web.Server:
        return _Server(await super()._make_server(), self._connect)


class Connector(aiohttp.TCPConnector):
    """aiohttp's connector with our protocol."""

    def __init__(self, protocol: type[ResponseHandler], **options: Any) -> None:  # noqa: ANN401 - as aiohttp
        super().__init__(**options)
        self._factory = partial(protocol, loop=self._loop)
