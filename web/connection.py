"""One client's connection: aiohttp's, with cached answers ahead of the parser and problem+json behind it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from time import perf_counter
from typing import Any, Final, final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong
from aiohttp.streams import EMPTY_PAYLOAD
from aiohttp.web_protocol import RequestHandler

from web.hot import HotAnswer, HotTable
from web.live.handover import HandOver
from web.problems import Problem, plain_problem, record_incident
from web.traffic import UNMATCHED, Traffic

logger = logging.getLogger(__name__)

# Bounds memory and file descriptors; each waiting client holds one of both.
MAX_CONNECTIONS: Final = 800

_END_OF_HEAD: Final = b"\r\n\r\n"


@final
class Connection(RequestHandler):
    """aiohttp's protocol for one connection.

    A chunk of bytes is answered from the table only while the connection is idle and everything before it
    came in whole heads without a body, one a chunk: then the parser holds nothing back, nothing waits to be
    answered first, and the chunk is the whole of a request. A client that does otherwise (pipelines, sends a
    body, splits a head) is served by aiohttp alone for the rest of its connection.
    """

    __slots__ = ("_head", "_server", "_whole")

    def __init__(
        self,
        server: HelixServer,
        *,
        loop: asyncio.AbstractEventLoop,
        **options: Any,  # noqa: ANN401 - aiohttp's own options
    ) -> None:
        super().__init__(server, loop=loop, **options)
        self._server = server
        self._whole = True
        self._head: bytes | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection, or refuse it where there are too many."""
        super().connection_made(transport)
        if len(self._server.connections) > MAX_CONNECTIONS and self.transport is not None:
            logger.warning("http.refused reason=connections limit=%d", MAX_CONNECTIONS)
            self._server.traffic.lane(UNMATCHED, "other", 503).record(0.0)
            self.transport.write(_refusal())
            self.force_close()

    def data_received(self, data: bytes) -> None:
        """Answer a known head at once; hand everything else to aiohttp."""
        waiter = self._waiter
        idle = waiter is not None and not waiter.done()
        if idle and self._whole and self._answered(data):
            return
        before = self._request_count
        super().data_received(data)
        self._whole = (
            self._whole
            and self._request_count == before + 1
            and not self._upgraded
            and data.endswith(_END_OF_HEAD)
            and bool(self._messages)
            and self._messages[-1][1] is EMPTY_PAYLOAD
        )
        self._head = data if idle and self._whole else None

    def remember(self, request: web.BaseRequest, answer: HotAnswer) -> None:
        """Give `answer` from now on to whoever sends the head of `request`, which is being handled."""
        # Another chunk since then would have cleared the head, so it is this request's.
        if self._head is not None and request.keep_alive and request.version == (1, 1):
            self._server.table.put(self._head, answer)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,  # noqa: ARG002 - aiohttp's signature; the error decides
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - it may quote the client's bytes
    ) -> web.StreamResponse:
        """What aiohttp answers by itself, as problem+json: bytes that are no HTTP, or an unexpected error."""
        if request.writer.output_size > 0:
            raise ConnectionError("part of another answer has been sent already")
        if isinstance(exc, HttpProcessingError):
            logger.debug("http.malformed error=%s", type(exc).__name__)
            problem = _malformed(exc)
            instance = "/"
        else:
            problem = incident = record_incident(exc, route=UNMATCHED, method=request.method)
            self._server.traffic.saw_incident(incident.id)
            instance = incident.instance
        self._server.traffic.lane(UNMATCHED, request.method, problem.status).record(0.0)
        response = problem.response(instance)
        response.force_close()
        return response

    def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> Coroutine[Any, Any, tuple[web.StreamResponse, bool]]:
        """Send the answer; what aiohttp refuses ahead of the middleware (an unknown Expect) is reworded.

        A stream takes the connection with it.
        """
        if isinstance(resp, HandOver):
            return self._hand_over(resp)
        if isinstance(resp, web.HTTPException) and resp.status >= 400:
            self._server.traffic.lane(UNMATCHED, request.method, resp.status).record(0.0)
            resp = plain_problem(resp.status).response(request.rel_url.raw_path)
            resp.force_close()
        return super().finish_response(request, resp, start_time)

    async def _hand_over(self, response: HandOver) -> tuple[web.StreamResponse, bool]:
        transport = self.transport
        if transport is None or transport.is_closing():
            return response, True
        received, self._message_tail = self._message_tail, b""
        # For aiohttp this is a connection that was lost, whose transport is none of its business.
        self.transport = None
        self.connection_lost(None)
        response.hand_over(transport, self._server.table.date(), received)
        return response, False

    def _answered(self, head: bytes) -> bool:
        """Whether `head` was a known one and has been answered."""
        answer = self._server.table.get(head)
        transport = self.transport
        if (
            answer is None
            or transport is None
            # A client that does not read its answers waits for aiohttp's flow control.
            or self._paused
            or self._close
            or self._force_close
            or not self._server.may_shortcut()
        ):
            return False
        started = perf_counter()
        try:
            found = answer.wire(self._server.table.date())
        except Exception:  # noqa: BLE001 - the usual way meets the same error, and answers and logs it
            self._server.table.forget(head)
            return False
        if found is None:
            return False
        wire, lane = found
        transport.write(wire)
        self._request_count += 1
        self._server.requests_count += 1
        self._next_keepalive_close_time = self._loop.time() + self._keepalive_timeout
        lane.record(perf_counter() - started)
        return True


class HelixServer(web.Server):
    """Makes a `Connection` for each client.

    Args:
        inner: aiohttp's server for the application, whose handler and options are taken over.
        table: the heads that are answered at once.
        traffic: where answers are counted.
        may_shortcut: asked before each such answer.
    """

    def __init__(
        self, inner: web.Server, table: HotTable, traffic: Traffic, may_shortcut: Callable[[], bool]
    ) -> None:
        options: dict[str, Any] = inner._kwargs  # noqa: SLF001 - aiohttp offers no other way to its options
        super().__init__(inner.request_handler, request_factory=inner.request_factory, **options)
        self.table = table
        self.traffic = traffic
        self.may_shortcut = may_shortcut

    def __call__(self) -> RequestHandler:
        """A protocol for a new connection."""
        return Connection(self, loop=self._loop, **self._kwargs)


class Runner(web.AppRunner):
    """aiohttp's runner, serving through `HelixServer`."""

    __slots__ = ("_wrap",)

    def __init__(
        self,
        app: web.Application,
        wrap: Callable[[web.Server], web.Server],
        **options: Any,  # noqa: ANN401 - aiohttp's own options
    ) -> None:
        super().__init__(app, **options)
        self._wrap = wrap

    async def _make_server(self) -> web.Server:
        return self._wrap(await super()._make_server())


def _malformed(error: HttpProcessingError) -> Problem:
    if isinstance(error, LineTooLong):
        return Problem(431, "The request line or a header field is too long.")
    return Problem(400, "This is not a well-formed HTTP request.")


def _refusal() -> bytes:
    response = Problem(503, "Too many connections are open. Try again in a moment.").response("/")
    body = response.body
    assert isinstance(body, bytes)  # noqa: S101 - a problem's body is bytes
    response.headers.update({"Retry-After": "1", "Connection": "close", "Content-Length": str(len(body))})
    lines = "".join(f"{name}: {value}\r\n" for name, value in response.headers.items())
    return f"HTTP/1.1 503 Service Unavailable\r\n{lines}\r\n".encode() + body
