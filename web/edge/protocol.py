"""A client's connection: the fast path ahead of aiohttp's parser, and problem+json for its errors."""

from __future__ import annotations

import logging
import math
from collections.abc import Coroutine
from typing import Any, Final, final

from aiohttp import StreamReader, web

from core.http.aiohttp_internals import EMPTY_PAYLOAD, HttpProcessingError, is_unparsed
from web.answers.error_pages import page_wanted, page_wanted_by, refusal
from web.answers.problems import plain_problem, record_incident
from web.edge.bounded import BoundedConnection
from web.edge.fast_path import HotAnswer
from web.edge.handover import HandOver
from web.edge.malformed import malformed, refuse_other_versions
from web.edge.server import Shared
from web.traffic import UNMATCHED

logger = logging.getLogger(__name__)

_END_OF_HEAD: Final = b"\r\n\r\n"


@final
class Connection(BoundedConnection):
    """aiohttp's protocol for one connection, with the fast path.

    The fast path answers a chunk of bytes only while the connection is idle and every earlier chunk was
    exactly one head without a body. Then the parser buffers nothing, no earlier request waits, and the chunk
    is a whole request. For a client that does otherwise (pipelining, bodies, split heads) aiohttp handles the
    rest of the connection, with limits on incomplete heads.
    """

    __slots__ = ("_answered_at", "_half_closed", "_head", "_known", "_monotonic", "_payload", "_whole")

    def __init__(self, shared: Shared, server: web.Server, **options: Any) -> None:  # noqa: ANN401 - aiohttp's
        super().__init__(shared, server, **options)
        # Looked up once, for speed.
        self._known = shared.table.answers.get
        self._monotonic = shared.monotonic
        # When the fast path last answered, by the clock of the caches.
        self._answered_at = -math.inf
        self._whole = True
        # The client has closed its side and waits for responses to earlier requests.
        self._half_closed = False
        self._head: bytes | None = None
        # State of a request that did not arrive in one chunk.
        self._payload: StreamReader = EMPTY_PAYLOAD

    def data_received(self, data: bytes) -> None:
        """Answer a known head at once; pass everything else to aiohttp."""
        waiter = self.idle_waiter
        idle = waiter is not None and not waiter.done()
        answer = self._known(data) if idle and self._whole else None
        transport = self.transport
        if (
            answer is None
            or transport is None
            # For a client that does not read its responses, aiohttp's flow control applies.
            or self.is_paused
            or self.is_closing
            or self.is_closed
        ):
            self._pass_on(data, idle=idle)
            return
        started = self._monotonic()
        if started < answer.same_until and started < answer.entry.settled_until:
            answer.hits.value += 1
            wire = answer.wire
        elif (fresh := self._response(data, answer)) is not None:
            wire = fresh
        else:
            self._pass_on(data, idle=idle)
            return
        transport.write(wire)
        self.request_count += 1
        self._answered_at = started
        lane = answer.lane
        lane.count.value += 1
        lane.observe(self._monotonic() - started)

    def eof_received(self) -> bool:  # type: ignore[override] # aiohttp returns None, asyncio takes a bool
        """The client has closed its side: answer complete requests, then close (RFC 9112 §9.6).

        Returns:
            Whether the connection stays open for that.
        """
        waiter = self.idle_waiter
        idle = waiter is not None and not waiter.done()
        self._half_closed = not idle and self._payload.is_eof()
        if self._half_closed and waiter is None and not self.messages:
            self.close()
        return self._half_closed

    def _response(self, head: bytes, answer: HotAnswer) -> bytes | None:
        """The response to a known head; None if aiohttp must handle it."""
        table = self._shared.table
        try:
            return answer.response(table)
        except Exception:  # noqa: BLE001 - aiohttp's path meets the same error, answers and logs it
            table.forget(head)
            return None

    def idle_until(self) -> float:
        """When the keep-alive timeout ends, in loop time; it starts with the last response."""
        answered_ago_s = self._monotonic() - self._answered_at
        from_table = self.loop.time() - answered_ago_s + self.keepalive_s
        return max(self.closes_idle_at, from_table)

    def _pass_on(self, data: bytes, *, idle: bool) -> None:
        before = self.request_count
        super().data_received(data)
        heads = self.request_count - before
        refuse_other_versions(self.messages, heads)
        if not self._head_timeout.size_bytes and self._payload is EMPTY_PAYLOAD:
            # aiohttp has no request yet for an incomplete or malformed head, so note what its sender prefers.
            unread = not self.messages if heads == 0 else is_unparsed(self.messages[-1][0])
            self._page_wanted = unread and page_wanted_by(data)
        if heads and self.messages:
            self._payload = self.messages[-1][1]
        self._whole = (
            self._whole
            and heads == 1
            and not self.is_upgraded
            and data.endswith(_END_OF_HEAD)
            and bool(self.messages)
            and self._payload is EMPTY_PAYLOAD
        )
        self._head = data if idle and self._whole else None
        if not self._whole:
            self._watch(heads, len(data))

    def remember(self, request: web.BaseRequest, answer: HotAnswer) -> None:
        """Let the fast path answer the head of `request`, which is being handled, with `answer`."""
        # Another chunk would have cleared the head, so it belongs to this request.
        if self._head is not None and request.keep_alive and request.version == (1, 1):
            self._shared.table.put(self._head, answer)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,  # noqa: ARG002 - aiohttp's signature; the error decides
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - it may quote the client's bytes
    ) -> web.StreamResponse:
        """Replaces aiohttp's own error responses: malformed HTTP, or an unexpected error."""
        if request.writer.output_size > 0:
            raise ConnectionError("part of another answer has been sent already")
        if isinstance(exc, HttpProcessingError):
            logger.debug("http.malformed error=%s", type(exc).__name__)
            problem = malformed(exc)
            instance = "/"
        else:
            problem = incident = record_incident(exc, route=UNMATCHED, method=request.method)
            self._shared.traffic.saw_incident(incident.id)
            instance = incident.instance
        self.note(request.method, problem.status)
        as_page = self._page_wanted or page_wanted(request)
        response = refusal(problem, instance, as_page=as_page)
        response.force_close()
        return response

    def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> Coroutine[Any, Any, tuple[web.StreamResponse, bool]]:
        """Send the response; replaces errors that aiohttp raises before the middleware (unknown Expect).

        A stream takes over the connection.
        """
        if isinstance(resp, HandOver):
            return self._hand_over(resp)
        if isinstance(resp, web.HTTPException) and resp.status >= 400:
            self.note(request.method, resp.status)
            resp = refusal(plain_problem(resp.status), request.rel_url.raw_path, as_page=page_wanted(request))
            resp.force_close()
        if self._half_closed and not self.messages:
            resp.force_close()
            self.close()
        return super().finish_response(request, resp, start_time)

    async def _hand_over(self, response: HandOver) -> tuple[web.StreamResponse, bool]:
        transport = self.transport
        if transport is None or transport.is_closing():
            return response, True
        received, self.message_tail = self.message_tail, b""
        # aiohttp must see a lost connection and leave the transport alone.
        self.transport = None
        self.connection_lost(None)
        try:
            response.hand_over(transport, self._shared.table.date()[0], received)
        except Exception:
            # aiohttp no longer manages this connection.
            transport.abort()
            raise
        if self._half_closed:
            # The client closed its side already, so the stream ends after what has been sent.
            transport.close()
        return response, False

    def _watch(self, heads: int, size_bytes: int) -> None:
        """Apply the limits to an incomplete head; `heads` is how many heads ended in the last chunk."""
        body = self._payload
        elsewhere = self.is_upgraded or body is not EMPTY_PAYLOAD or self.is_buffer_full
        if heads or elsewhere or not size_bytes:
            # The handler limits the time for a body; the next chunk after it begins a head.
            if body.is_eof():
                self._payload = EMPTY_PAYLOAD
            self._head_timeout.end()
        else:
            self._head_timeout.saw(size_bytes)
