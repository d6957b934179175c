"""A connection with limits on its number, its unsent bytes and its client's speed."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final

from aiohttp import web

from core.http.aiohttp_internals import ServerProtocol
from core.logs import MANY
from web.answers.error_pages import refusal_wire
from web.answers.problems import Problem
from web.edge.clients import peer_address
from web.edge.head_timeout import HeadTimeout
from web.edge.linger import Linger
from web.edge.server import Shared
from web.edge.unsent import bound_send_buffer
from web.traffic import UNMATCHED

logger = logging.getLogger(__name__)

# A client that reads nothing of its response for this long is disconnected.
STALLED_S: Final = 30.0
# With this many unsent bytes a connection waits for its client.
UNSENT_BYTES: Final = 16 * 1024
_SYSTEM_BUFFER_BYTES: Final = 64 * 1024


class BoundedConnection(ServerProtocol):
    """aiohttp's protocol for one connection, closed if its client exceeds a limit."""

    __slots__ = ("_head_timeout", "_linger", "_page_wanted", "_peer", "_shared", "_stall")

    def __init__(self, shared: Shared, server: web.Server, **options: Any) -> None:  # noqa: ANN401 - aiohttp's
        super().__init__(server, **options)
        self._shared = shared
        self._head_timeout = HeadTimeout(self, shared.head_timeout_s, self.loop)
        # Whether the sender of the incomplete head prefers HTML errors.
        self._page_wanted = False
        self._stall: asyncio.TimerHandle | None = None
        self._linger = Linger()
        self._peer: str | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Accept the connection, or refuse it if there are too many."""
        super().connection_made(transport)
        if self.transport is not None:
            self.transport.set_write_buffer_limits(high=UNSENT_BYTES)
        bound_send_buffer(transport, _SYSTEM_BUFFER_BYTES)
        peer = transport.get_extra_info("peername")
        self._peer = peer[0] if isinstance(peer, tuple) else None
        try:
            self._shared.limits.enter(self, self._peer)
        except Problem as problem:
            self.refuse(problem)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Release everything that the connection holds."""
        self._head_timeout.stop()
        self._stop_stall_timer()
        self._shared.limits.leave(self)
        self._shared.unsent.release(self)
        super().connection_lost(exc)
        self._linger.end()

    async def start(self) -> None:
        """Serve requests until the connection ends."""
        try:
            await super().start()
        finally:
            self._linger.begin(self.transport, self.loop)

    def force_close(self) -> None:
        """Close the connection."""
        transport = self.transport
        super().force_close()
        self._linger.begin(transport, self.loop)

    def waiting_since(self) -> float | None:
        """Idle since (loop time); None while busy."""
        if self._linger.lasts:
            return 0.0
        waiter = self.idle_waiter
        if self.transport is None or waiter is None or waiter.done():
            return None
        return self.idle_until()

    def make_room(self) -> None:
        """Close the connection to make room for another."""
        self._shared.limits.leave(self)
        transport = self.transport
        if self._linger.lasts:
            self._linger.cut_short()
        elif transport is not None and transport.get_write_buffer_size():
            # `close` would wait until the client has read everything.
            transport.abort()
        elif self._head_timeout.size_bytes:
            self.refuse(
                Problem(408, "The request head was incomplete when another client needed the connection.")
            )
        else:
            self.force_close()

    def pause_writing(self) -> None:
        """The client reads too slowly; start the time limit."""
        super().pause_writing()
        if self.transport is not None:
            self._shared.unsent.hold(self, self.transport.get_write_buffer_size())
        if self._stall is None:
            self._stall = self.loop.call_later(STALLED_S, self._drop_stalled)

    def resume_writing(self) -> None:
        """The client has read what was sent."""
        super().resume_writing()
        self._shared.unsent.release(self)
        self._stop_stall_timer()

    def give_up(self) -> None:
        """Close the connection, because all together have too many unsent bytes."""
        logger.info("http.dropped client=%s reason=unsent", peer_address(self._peer), extra=MANY)
        if self.transport is not None:
            self.transport.abort()

    def has_requests(self) -> bool:
        """Whether requests are being handled or wait."""
        return self.is_answering or bool(self.messages)

    def refuse(self, problem: Problem) -> None:
        """Send this error and close; if a response is in progress, close after that one instead."""
        self._head_timeout.stop()
        if self.transport is None or self.is_closing or self.is_closed:
            return
        if self.has_requests():
            self.close()
            return
        self.note("other", problem.status)
        self.transport.write(refusal_wire(problem, as_page=self._page_wanted))
        self.force_close()

    def note(self, method: str, status: int) -> None:
        """Count and log a response that came from no route."""
        self._shared.traffic.lane(UNMATCHED, method, status).record(0.0)
        self._shared.access_log.record(
            method=method,
            route=UNMATCHED,
            status=status,
            seconds=0.0,
            sent_bytes=None,
            client=peer_address(self._peer),
        )

    def _drop_stalled(self) -> None:
        self._stall = None
        logger.info("http.stalled client=%s seconds=%g", peer_address(self._peer), STALLED_S, extra=MANY)
        if self.transport is not None:
            self.transport.abort()

    def _stop_stall_timer(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None
