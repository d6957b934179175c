"""One client's connection: aiohttp's, with cached answers ahead of the parser and problem+json behind it."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Final, final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.streams import EMPTY_PAYLOAD, StreamReader
from aiohttp.web_protocol import RequestHandler, _ErrInfo

from core.logs import MANY
from core.text.numbers import plain
from web.answers.error_pages import page_wanted, page_wanted_by, refusal, refusal_wire
from web.answers.problems import Problem, plain_problem, record_incident
from web.edge.clients import peer_address
from web.edge.fast_path import HotAnswer
from web.edge.handover import HandOver
from web.edge.linger import Farewell
from web.edge.malformed import malformed, refuse_other_versions
from web.edge.send_buffer import bound_send_buffer
from web.traffic import UNMATCHED

if TYPE_CHECKING:
    from web.edge.server import HelixServer

logger = logging.getLogger(__name__)

MAX_HEAD_BYTES: Final = 32 * 1024
# A client that takes nothing of its answer for so long is let go.
STALLED_S: Final = 30.0
# With so much unsent a connection waits for its client before it goes on.
UNSENT_BYTES: Final = 16 * 1024
_SYSTEM_BUFFER_BYTES: Final = 64 * 1024

_END_OF_HEAD: Final = b"\r\n\r\n"


@final
class Connection(RequestHandler):
    """aiohttp's protocol for one connection.

    A chunk of bytes is answered from the table only while the connection is idle and everything before it
    came in whole heads without a body, one a chunk: then the parser holds nothing back, nothing waits to be
    answered first, and the chunk is the whole of a request. A client that does otherwise (pipelines, sends a
    body, splits a head) is served by aiohttp alone for the rest of its connection, and watched: a head that
    has begun must end in time and within bounds.
    """

    __slots__ = (
        "_answered_at", "_farewell", "_half_closed", "_head", "_known", "_monotonic", "_page_wanted",
        "_partial_bytes", "_payload", "_peer", "_server", "_stall", "_timer", "_whole",
    )  # fmt: skip

    def __init__(
        self,
        server: HelixServer,
        *,
        loop: asyncio.AbstractEventLoop,
        **options: Any,  # noqa: ANN401 - aiohttp's own options
    ) -> None:
        super().__init__(server, loop=loop, **options)
        self._server = server
        # What every answer from the table needs, looked up ahead.
        self._known = server.table.answers.get
        self._monotonic = server.monotonic
        # When the table answered last, on the clock of the caches.
        self._answered_at = -math.inf
        self._whole = True
        # The client has ended its side, and waits for the answer to what it sent before.
        self._half_closed = False
        self._head: bytes | None = None
        # What is known of the request that comes in, where it did not come whole.
        self._payload: StreamReader = EMPTY_PAYLOAD
        self._partial_bytes = 0
        self._page_wanted = False
        self._timer: asyncio.TimerHandle | None = None
        self._stall: asyncio.TimerHandle | None = None
        self._farewell = Farewell()
        self._peer: str | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection, or refuse it where there are too many."""
        super().connection_made(transport)
        if self.transport is not None:
            self.transport.set_write_buffer_limits(high=UNSENT_BYTES)
        bound_send_buffer(transport, _SYSTEM_BUFFER_BYTES)
        peer = transport.get_extra_info("peername")
        self._peer = peer[0] if isinstance(peer, tuple) else None
        try:
            self._server.limits.enter(self, self._peer)
        except Problem as problem:
            self._refuse(problem)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Let go of everything that was held for the connection."""
        self._stop_timer()
        self._stop_stall_timer()
        self._server.limits.leave(self)
        self._server.unsent.release(self)
        super().connection_lost(exc)
        self._farewell.end()

    async def start(self) -> None:
        """Serve requests until there are no more."""
        try:
            await super().start()
        finally:
            self._farewell.begin(self.transport, self._loop)

    def force_close(self) -> None:
        """Serve nothing more."""
        transport = self.transport
        super().force_close()
        self._farewell.begin(transport, self._loop)

    def waiting_since(self) -> float | None:
        """The earlier the longer no request has come to its end here; None where one is handled."""
        if self._farewell.lasts:
            return 0.0
        waiter = self._waiter
        if self.transport is None or waiter is None or waiter.done():
            return None
        return self._idle_until()

    def make_room(self) -> None:
        """End the connection: another one needs its place."""
        self._server.limits.leave(self)
        transport = self.transport
        if self._farewell.lasts:
            self._farewell.cut_short()
        elif transport is not None and transport.get_write_buffer_size():
            # Closed, it would stay until the client has taken what it was sent.
            transport.abort()
        elif self._partial_bytes:
            self._refuse(Problem(408, "The head did not end before the connection was needed for another."))
        else:
            self.force_close()

    def data_received(self, data: bytes) -> None:
        """Answer a known head at once; hand everything else to aiohttp."""
        waiter = self._waiter
        idle = waiter is not None and not waiter.done()
        answer = self._known(data) if idle and self._whole else None
        transport = self.transport
        if (
            answer is None
            or transport is None
            # A client that does not read its answers waits for aiohttp's flow control.
            or self._paused
            or self._close
            or self._force_close
        ):
            self._pass_on(data, idle=idle)
            return
        started = self._monotonic()
        if started < answer.same_until and started < answer.entry.settled_until:
            answer.hits.value += 1
            wire = answer.wire
        elif (made := self._made(data, answer)) is not None:
            wire = made
        else:
            self._pass_on(data, idle=idle)
            return
        transport.write(wire)
        self._request_count += 1
        self._answered_at = started
        lane = answer.lane
        lane.count.value += 1
        lane.observe(self._monotonic() - started)

    def eof_received(self) -> bool:  # type: ignore[override] # aiohttp returns None, asyncio takes a bool
        """The client sends nothing more: answer the requests that came whole, then close (RFC 9112 §9.6).

        Returns:
            Whether the connection stays open for that.
        """
        waiter = self._waiter
        idle = waiter is not None and not waiter.done()
        self._half_closed = not idle and self._payload.is_eof()
        if self._half_closed and waiter is None and not self._messages:
            self.close()
        return self._half_closed

    def _made(self, head: bytes, answer: HotAnswer) -> bytes | None:
        """The answer to a known head, made now; None where the usual way must give it."""
        table = self._server.table
        try:
            return answer.made(table)
        except Exception:  # noqa: BLE001 - the usual way meets the same error, and answers and logs it
            table.forget(head)
            return None

    def _process_keepalive(self) -> None:
        self._next_keepalive_close_time = self._idle_until()
        super()._process_keepalive()

    def _idle_until(self) -> float:
        """When the client's time to ask again ends, on the loop's clock; it begins with the last answer."""
        answered_ago_s = self._monotonic() - self._answered_at
        from_table = self._loop.time() - answered_ago_s + self._keepalive_timeout
        return max(self._next_keepalive_close_time, from_table)

    def _pass_on(self, data: bytes, *, idle: bool) -> None:
        before = self._request_count
        super().data_received(data)
        heads = self._request_count - before
        refuse_other_versions(self._messages, heads)
        if not self._partial_bytes and self._payload is EMPTY_PAYLOAD:
            # Of a head that does not end here, or is none, nobody else will know who sent it.
            unread = not self._messages if heads == 0 else isinstance(self._messages[-1][0], _ErrInfo)
            self._page_wanted = unread and page_wanted_by(data)
        if heads and self._messages:
            self._payload = self._messages[-1][1]
        self._whole = (
            self._whole
            and heads == 1
            and not self._upgraded
            and data.endswith(_END_OF_HEAD)
            and bool(self._messages)
            and self._payload is EMPTY_PAYLOAD
        )
        self._head = data if idle and self._whole else None
        if not self._whole:
            self._watch(heads, len(data))

    def pause_writing(self) -> None:
        """The client takes less than it is sent; it has so long to go on."""
        super().pause_writing()
        if self.transport is not None:
            self._server.unsent.hold(self, self.transport.get_write_buffer_size())
        if self._stall is None:
            self._stall = self._loop.call_later(STALLED_S, self._drop_stalled)

    def resume_writing(self) -> None:
        """The client has taken what was sent."""
        super().resume_writing()
        self._server.unsent.release(self)
        self._stop_stall_timer()

    def give_up(self) -> None:
        """End the connection: all together hold too much that was not taken."""
        logger.info("http.dropped client=%s reason=unsent", peer_address(self._peer), extra=MANY)
        if self.transport is not None:
            self.transport.abort()

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
        """What aiohttp answers by itself, in our words: bytes that are no HTTP, or an unexpected error."""
        if request.writer.output_size > 0:
            raise ConnectionError("part of another answer has been sent already")
        if isinstance(exc, HttpProcessingError):
            logger.debug("http.malformed error=%s", type(exc).__name__)
            problem = malformed(exc)
            instance = "/"
        else:
            problem = incident = record_incident(exc, route=UNMATCHED, method=request.method)
            self._server.traffic.saw_incident(incident.id)
            instance = incident.instance
        self._note(request.method, problem.status)
        as_page = self._page_wanted or page_wanted(request)
        response = refusal(problem, instance, as_page=as_page)
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
            self._note(request.method, resp.status)
            resp = refusal(plain_problem(resp.status), request.rel_url.raw_path, as_page=page_wanted(request))
            resp.force_close()
        if self._half_closed and not self._messages:
            resp.force_close()
            self.close()
        return super().finish_response(request, resp, start_time)

    async def _hand_over(self, response: HandOver) -> tuple[web.StreamResponse, bool]:
        transport = self.transport
        if transport is None or transport.is_closing():
            return response, True
        received, self._message_tail = self._message_tail, b""
        # For aiohttp this is a connection that was lost, whose transport is none of its business.
        self.transport = None
        self.connection_lost(None)
        try:
            response.hand_over(transport, self._server.table.date()[0], received)
        except Exception:
            # Nobody else knows this connection any more.
            transport.abort()
            raise
        if self._half_closed:
            # It ends with what it has been sent so far, as a stream whose client ends its side later does.
            transport.close()
        return response, False

    def _watch(self, heads: int, size_bytes: int) -> None:
        """Look after a head that comes in pieces; `heads` is how many ended with the chunk that just came."""
        body = self._payload
        elsewhere = self._upgraded or body is not EMPTY_PAYLOAD or self._buffer_paused
        if heads or elsewhere or not size_bytes:
            # A body is read in bounded time by whoever wants it; after it the next chunk begins a head.
            if body.is_eof():
                self._payload = EMPTY_PAYLOAD
            self._partial_bytes = 0
            self._stop_timer()
            return
        self._partial_bytes += size_bytes
        if self._partial_bytes > MAX_HEAD_BYTES:
            self._refuse(Problem(431, f"A request's head may have at most {MAX_HEAD_BYTES} bytes."))
        elif self._timer is None:
            self._timer = self._loop.call_later(self._server.head_timeout_s, self._drop_slow)

    def _drop_slow(self) -> None:
        self._timer = None
        if self._request_in_progress or self._messages:
            # Nobody waits for this head yet.
            self._timer = self._loop.call_later(self._server.head_timeout_s, self._drop_slow)
            return
        self._refuse(Problem(408, f"The head did not end within {plain(self._server.head_timeout_s)} s."))

    def _drop_stalled(self) -> None:
        self._stall = None
        logger.info("http.stalled client=%s seconds=%g", peer_address(self._peer), STALLED_S, extra=MANY)
        if self.transport is not None:
            self.transport.abort()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _stop_stall_timer(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    def _refuse(self, problem: Problem) -> None:
        """End the connection with this answer; where another is on its way, with that one."""
        self._stop_timer()
        if self.transport is None or self._close or self._force_close:
            return
        if self._request_in_progress or self._messages:
            self.close()
            return
        self._note("other", problem.status)
        self.transport.write(refusal_wire(problem, as_page=self._page_wanted))
        self.force_close()

    def _note(self, method: str, status: int) -> None:
        """Count and log an answer that no route gave."""
        self._server.traffic.lane(UNMATCHED, method, status).record(0.0)
        self._server.access_log.record(
            method=method,
            route=UNMATCHED,
            status=status,
            seconds=0.0,
            sent_bytes=None,
            client=peer_address(self._peer),
        )
