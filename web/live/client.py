"""One listener: a connection that only takes, and what it may say."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Final

from state.ports import StreamKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from web.live.streams import Streams

# From so much unsent on, a client counts as behind; with so much, it is too slow.
BEHIND_BYTES: Final = 16 * 1024
MOST_WAITING_BYTES: Final = 256 * 1024
# What the system holds for a client besides; it doubles it.
_SYSTEM_BUFFER_BYTES: Final = 64 * 1024
# A peer that acknowledges nothing for so long is gone (RFC 5482), where the system can tell.
_UNANSWERED_MS: Final = 30_000

Topics = frozenset[str] | None


class Client(asyncio.Protocol, ABC):
    """What both transports share. It belongs to `streams` from `begin` to `connection_lost`.

    Args:
        address: whom it counts for.
        topics: which events it wants; None for all.
        after_id: the last event that it has seen; None where it has seen none.

    Attributes:
        opening: what it gets first, as of the event `seen`.
        behind_since: since when more waits to be sent than should; None where it keeps up.
        closing: it was told that it ends, and gets nothing more.
        may_go_on: whether what let it in still holds; None where that does not end.
    """

    # A protocol without a dict of its own: there are many.
    __slots__ = (
        "_streams",
        "address",
        "after_id",
        "behind_since",
        "closing",
        "may_go_on",
        "opening",
        "seen",
        "topics",
        "transport",
    )

    kind: ClassVar[StreamKind]

    def __init__(
        self,
        streams: Streams,
        address: str,
        topics: Topics,
        after_id: int | None,
    ) -> None:
        self._streams = streams
        self.address = address
        self.topics = topics
        self.after_id = after_id
        self.opening = b""
        self.seen = 0
        self.behind_since: float | None = None
        self.closing = False
        self.may_go_on: Callable[[], bool] | None = None
        self.transport: asyncio.Transport | None = None

    def begin(self, transport: asyncio.Transport, received: bytes) -> None:
        """Take over a connection whose head is sent; `received` came after the request."""
        self.transport = transport
        transport.set_write_buffer_limits(high=BEHIND_BYTES)
        if self.behind_since is None and transport.get_write_buffer_size() > BEHIND_BYTES:
            # It was behind when it came here, so the transport does not say so again.
            self.pause_writing()
        _bound_system_buffers(transport)
        if not transport.is_reading():
            transport.resume_reading()
        self._streams.join(self)
        if received:
            self.data_received(received)

    def send(self, data: bytes) -> None:
        """Hand bytes to the transport, or drop a client that takes them too slowly."""
        transport = self.transport
        if transport is None or self.closing:
            return
        if self.behind_since is not None and transport.get_write_buffer_size() > MOST_WAITING_BYTES:
            self.drop("slow")
        else:
            transport.write(data)

    def drop(self, reason: str) -> None:
        """End it because of how it behaves; `reason` is counted."""
        if self.transport is not None and not self.closing:
            self._streams.count_dropped(self, reason)
            self._cut(reason)

    @abstractmethod
    def beat(self) -> None:
        """Show that the stream lives, and see whether the client does."""

    @abstractmethod
    def goodbye(self) -> None:
        """The server stops."""

    @abstractmethod
    def _cut(self, reason: str) -> None:
        """End it, saying so where the transport can."""

    def pause_writing(self) -> None:
        """More than `BEHIND_BYTES` wait to be sent."""
        self.behind_since = self._streams.now()
        self._streams.behind.add(self)

    def resume_writing(self) -> None:
        """It has caught up."""
        self.behind_since = None
        self._streams.behind.discard(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        del exc
        self.transport = None
        self._streams.leave(self)

    def abort(self) -> None:
        """Let go of the connection and of all that waits to be sent."""
        transport = self.transport
        if transport is not None:
            self.closing = True
            self._streams.leave(self)
            transport.abort()


def behind_longest(clients: Iterable[Client], before: float) -> tuple[Client, ...]:
    """Those that are behind since before then."""
    return tuple(one for one in clients if one.behind_since is not None and one.behind_since <= before)


def _bound_system_buffers(transport: asyncio.Transport) -> None:
    """Keep what the system holds for one client small, and let it notice who is gone."""
    connection = transport.get_extra_info("socket")
    if connection is None:
        return
    # A socket that refuses an option is served all the same: our own bounds hold.
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SYSTEM_BUFFER_BYTES)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNANSWERED_MS)
