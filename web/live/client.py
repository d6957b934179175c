"""A stream client: what both transports share."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from abc import abstractmethod
from collections.abc import Callable, Iterable
from typing import ClassVar, Final, Protocol

from state.ports import StreamKind
from web.edge.handover import Stream
from web.edge.unsent import Unsent, bound_send_buffer

# A client with more waiting bytes is too slow. Clients share these bytes; none has a copy.
MOST_WAITING_BYTES: Final = 256 * 1024
# How much a client that catches up gets at once; a single message may be larger.
_PIECE_BYTES: Final = 16 * 1024
# The kernel's send buffer for each client.
_SYSTEM_BUFFER_BYTES: Final = 16 * 1024
# A peer that acknowledges nothing for this long is gone (RFC 5482, TCP_USER_TIMEOUT).
_UNANSWERED_MS: Final = 30_000

Topics = frozenset[str] | None

# The id of messages that are not stored.
NO_ID: Final = 0


class Backlog(Protocol):
    """The part of `Fanout` that a client uses to catch up."""

    @property
    def settled_id(self) -> int:
        """The newest event received by all clients that keep up."""

    def missed(self, client: Client, most_bytes: int) -> tuple[tuple[bytes, ...], int] | None:
        """The next messages for a client that is behind, and the last event covered."""


class Owner(Protocol):
    """The part of `Streams` that a client uses."""

    @property
    def fanout(self) -> Backlog:
        """Provides the messages that a client missed."""

    @property
    def unsent(self) -> Unsent[Client]:
        """Counts the unsent bytes of clients."""

    def now(self) -> float:
        """The monotonic clock for time limits of clients, in seconds."""

    def next_retry_ms(self) -> int:
        """The reconnection time for the next client, in milliseconds."""

    def join(self, client: Client) -> None:
        """Add a client, and send it the beginning of its stream."""

    def leave(self, client: Client, *, closing: bool = False) -> None:
        """Remove a client; `closing`: its close handshake is pending."""

    def count_dropped(self, client: Client, reason: str) -> None:
        """Count a client that is dropped."""


class Client(Stream):
    """A stream client, which belongs to `streams` from `begin` to `connection_lost`.

    Bytes are written only if its transport has none unsent. Until then, new messages stay in the
    history, which all clients share; a client that is behind only remembers its position.

    Args:
        address: the client address for limits.
        topics: the events to send; None for all.
        after_id: the last event that the client has seen, or None.

    Attributes:
        opening: the first bytes of the stream.
        seen: the last event that was written.
        waiting_bytes: the size of the history not sent to it yet.
        behind_since: since when it has been behind; None if it keeps up.
        closing: whether it is being closed and gets nothing more.
        may_go_on: checks whether its session is still valid; None without a session.
    """

    __slots__ = (
        "_streams",
        "address",
        "behind_since",
        "closing",
        "may_go_on",
        "opening",
        "seen",
        "topics",
        "transport",
        "waiting_bytes",
    )

    kind: ClassVar[StreamKind]

    def __init__(
        self,
        streams: Owner,
        address: str,
        topics: Topics,
        after_id: int | None,
    ) -> None:
        self._streams = streams
        self.address = address
        self.topics = topics
        self.opening: tuple[bytes, ...] = ()
        self.seen = after_id or NO_ID
        self.waiting_bytes = 0
        self.behind_since: float | None = None
        self.closing = False
        self.may_go_on: Callable[[], bool] | None = None
        self.transport: asyncio.Transport | None = None

    def wants(self, name: str) -> bool:
        """Whether it has subscribed to events of this name."""
        return self.topics is None or name in self.topics

    def begin(self, transport: asyncio.Transport, head: bytes, received: bytes) -> None:
        """Take over a connection, and join the streams."""
        self.transport = transport
        self.opening = (head, *self.opening)
        # It is behind until it has the stream's start and the missed events.
        self.behind_since = self._streams.now()
        # The transport pauses at the first unsent byte.
        transport.set_write_buffer_limits(high=0)
        if self not in self._streams.unsent and transport.get_write_buffer_size():
            # It had unsent bytes already, so the transport will not call pause_writing again.
            self.pause_writing()
        bound_send_buffer(transport, _SYSTEM_BUFFER_BYTES)
        _detect_lost_peer(transport)
        if not transport.is_reading():
            transport.resume_reading()
        self._streams.join(self)
        if received:
            self.data_received(received)

    def send(self, data: bytes) -> bool:
        """Write bytes now; returns False, without writing, if the client is behind or gone."""
        transport = self.transport
        if transport is None or self.closing or self.behind_since is not None:
            return False
        transport.write(data)
        if self.behind_since is not None:
            self._streams.unsent.hold(self, len(data))
        return True

    def tell(self, payload: bytes, newest: int) -> None:
        """Write published messages, or leave them to the history if the client is behind.

        Args:
            payload: the framed messages of its topics.
            newest: the id of the newest event among them; `NO_ID` if none has an id.
        """
        if newest and newest <= self.seen:
            # It has got them from the history already.
            return
        if self.behind_since is None:
            self.seen = newest or self.seen
            self.send(payload)
        elif newest:
            self.waiting_bytes += len(payload)
            if self.waiting_bytes > MOST_WAITING_BYTES:
                self.drop("slow")

    def catch_up(self) -> None:
        """Write the beginning of the stream and then the history, until the transport has unsent bytes."""
        transport, unsent = self.transport, self._streams.unsent
        while transport is not None and not self.closing and self not in unsent:
            pieces = self.opening
            if pieces:
                self.opening = ()
            else:
                missed = self._streams.fanout.missed(self, _PIECE_BYTES)
                if missed is None:
                    self.drop("slow")
                    return
                pieces, self.seen = missed
                self.waiting_bytes = max(0, self.waiting_bytes - sum(map(len, pieces)))
            if not pieces:
                self.behind_since, self.waiting_bytes = None, 0
                return
            transport.writelines(pieces)
            if self in unsent:
                self._streams.unsent.hold(self, sum(map(len, pieces)))

    def drop(self, reason: str) -> None:
        """Drop the client; `reason` is counted."""
        if self.transport is not None and not self.closing:
            self._streams.count_dropped(self, reason)
            self._cut(reason)

    @abstractmethod
    def beat(self) -> None:
        """Send a heartbeat, and check that the client is alive."""

    @abstractmethod
    def goodbye(self) -> None:
        """Tell the client that the server stops."""

    def _end_with(self, last: bytes) -> None:
        """Write last bytes and close."""
        if self.transport is None or self.closing:
            return
        if self.opening:
            # Nothing can be sent before the head, which still waits.
            self.abort()
        else:
            self.transport.write(last)
            self._streams.leave(self, closing=True)

    @abstractmethod
    def _cut(self, reason: str) -> None:
        """Close the connection, with the reason if the transport has a way to send it."""

    def pause_writing(self) -> None:
        """The transport has unsent bytes: the client is behind."""
        if self.behind_since is None:
            self.behind_since = self._streams.now()
            self.seen = max(self.seen, self._streams.fanout.settled_id)
        if self.transport is not None:
            waits = sum(map(len, self.opening))
            self._streams.unsent.hold(self, self.transport.get_write_buffer_size() + waits)

    def resume_writing(self) -> None:
        """Everything has been sent: catch up."""
        self._streams.unsent.release(self)
        self.catch_up()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is closed."""
        del exc
        self.transport = None
        self._streams.leave(self)

    def give_up(self) -> None:
        """Drop the client, because all clients together have too many unsent bytes."""
        if not self.closing:
            self._streams.count_dropped(self, "slow")
        self.abort()

    def abort(self) -> None:
        """Close the connection at once, discarding unsent bytes."""
        transport = self.transport
        if transport is not None:
            self.closing = True
            self._streams.leave(self)
            transport.abort()


def behind_longest(clients: Iterable[Client], before: float) -> tuple[Client, ...]:
    """The clients that fell behind at or before `before`."""
    return tuple(one for one in clients if one.behind_since is not None and one.behind_since <= before)


def _detect_lost_peer(transport: asyncio.Transport) -> None:
    connection = transport.get_extra_info("socket")
    if connection is not None and hasattr(socket, "TCP_USER_TIMEOUT"):
        # Not every socket supports the option; the other limits still hold.
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNANSWERED_MS)
