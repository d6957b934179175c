"""One listener: a connection that only takes, and what it may say."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from abc import abstractmethod
from collections.abc import Callable, Iterable
from typing import ClassVar, Final, Protocol

from state.ports import StreamKind
from web.edge.handover import Stream
from web.edge.send_buffer import bound_send_buffer
from web.edge.unsent import Unsent

# A client for which more waits is too slow. Nothing of it is held for this client alone.
MOST_WAITING_BYTES: Final = 256 * 1024
# So much is handed over at once to a client that catches up, or a single larger message.
_PIECE_BYTES: Final = 16 * 1024
# What the system holds for a client besides.
_SYSTEM_BUFFER_BYTES: Final = 16 * 1024
# A peer that acknowledges nothing for so long is gone (RFC 5482), where the system can tell.
_UNANSWERED_MS: Final = 30_000

Topics = frozenset[str] | None

# No event has this id, and none is resumed from it.
NO_ID: Final = 0


class Backlog(Protocol):
    """The history, as far as a client catches up on it."""

    @property
    def settled_id(self) -> int:
        """Up to which event every client that keeps up has been handed what it wants."""
        ...

    def missed(self, client: Client, most_bytes: int) -> tuple[tuple[bytes, ...], int] | None:
        """The next messages for a client that is behind, and the event up to which they reach."""
        ...


class Owner(Protocol):
    """The streams of a server, as far as a client uses them."""

    @property
    def fanout(self) -> Backlog:
        """Has what a client missed."""
        ...

    @property
    def unsent(self) -> Unsent[Client]:
        """Counts what is held for clients that take too little."""
        ...

    def now(self) -> float:
        """Seconds on the clock by which clients are judged."""
        ...

    def next_retry_ms(self) -> int:
        """After how long the next client is to come back once it is cut."""
        ...

    def join(self, client: Client) -> None:
        """Let a client listen from now on, and send it what it gets first."""
        ...

    def leave(self, client: Client, *, closing: bool = False) -> None:
        """Serve a client no longer; `closing` where its goodbye is still under way."""
        ...

    def count_dropped(self, client: Client, reason: str) -> None:
        """Count a client that is dropped."""
        ...


class Client(Stream):
    """What both transports share. It belongs to `streams` from `begin` to `connection_lost`.

    Its transport is handed bytes only while it holds none that are unsent. What is published meanwhile stays
    in the history, which is kept once for all clients; of a client that is behind only its place is kept.

    Args:
        address: whom it counts for.
        topics: which events it wants; None for all.
        after_id: the last event that it has seen; None where it has seen none.

    Attributes:
        opening: what it gets before anything else.
        seen: the last event that was handed over.
        waiting_bytes: how much of the history it has yet to get.
        behind_since: since when it has not taken all that there is for it; None where it keeps up.
        closing: it was told that it ends, and gets nothing more.
        may_go_on: whether what let it in still holds; None where that does not end.
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
        """Whether it wants events of that name."""
        return self.topics is None or name in self.topics

    def begin(self, transport: asyncio.Transport, head: bytes, received: bytes) -> None:
        """Take over a connection, and join the streams."""
        self.transport = transport
        self.opening = (head, *self.opening)
        # Until it has its opening, and what it missed.
        self.behind_since = self._streams.now()
        # From the first unsent byte on, the transport says that it is behind.
        transport.set_write_buffer_limits(high=0)
        if self not in self._streams.unsent and transport.get_write_buffer_size():
            # It was behind when it came here, so the transport does not say so again.
            self.pause_writing()
        bound_send_buffer(transport, _SYSTEM_BUFFER_BYTES)
        _notice_who_is_gone(transport)
        if not transport.is_reading():
            transport.resume_reading()
        self._streams.join(self)
        if received:
            self.data_received(received)

    def send(self, data: bytes) -> bool:
        """Hand bytes over now; returns False where the client is behind or gone, and does not get them."""
        transport = self.transport
        if transport is None or self.closing or self.behind_since is not None:
            return False
        transport.write(data)
        if self.behind_since is not None:
            self._streams.unsent.hold(self, len(data))
        return True

    def tell(self, payload: bytes, newest: int) -> None:
        """Hand over published messages, or leave them to the history where the client is behind.

        Args:
            payload: the messages that it wants, framed.
            newest: the newest event among them; `NO_ID` where none has an id, and nobody catches up on them.
        """
        if newest and newest <= self.seen:
            # It has had them from the history.
            return
        if self.behind_since is None:
            self.seen = newest or self.seen
            self.send(payload)
        elif newest:
            self.waiting_bytes += len(payload)
            if self.waiting_bytes > MOST_WAITING_BYTES:
                self.drop("slow")

    def catch_up(self) -> None:
        """Hand over the opening and then the history, for as long as the transport sends it all at once."""
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

    def _end_with(self, last: bytes) -> None:
        """Say one thing more, and serve it no longer."""
        if self.transport is None or self.closing:
            return
        if self.opening:
            # The head has not been sent, so nothing can be said yet.
            self.abort()
        else:
            self.transport.write(last)
            self._streams.leave(self, closing=True)

    @abstractmethod
    def _cut(self, reason: str) -> None:
        """End it, saying so where the transport can."""

    def pause_writing(self) -> None:
        """The transport holds bytes that the client does not take yet."""
        if self.behind_since is None:
            self.behind_since = self._streams.now()
            self.seen = max(self.seen, self._streams.fanout.settled_id)
        if self.transport is not None:
            waits = sum(map(len, self.opening))
            self._streams.unsent.hold(self, self.transport.get_write_buffer_size() + waits)

    def resume_writing(self) -> None:
        """The client has taken all that was handed over."""
        self._streams.unsent.release(self)
        self.catch_up()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        del exc
        self.transport = None
        self._streams.leave(self)

    def give_up(self) -> None:
        """End it: the connections of all clients hold too much."""
        if not self.closing:
            self._streams.count_dropped(self, "slow")
        self.abort()

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


def _notice_who_is_gone(transport: asyncio.Transport) -> None:
    connection = transport.get_extra_info("socket")
    if connection is not None and hasattr(socket, "TCP_USER_TIMEOUT"):
        # A socket that refuses the option is served all the same: our own bounds hold.
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNANSWERED_MS)
