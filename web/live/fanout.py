"""Sends each message to its subscribers, a few hundred clients in each turn of the event loop."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from time import perf_counter
from typing import Final, final

from state.ports import StreamKind
from web.live.client import NO_ID, Client, Topics
from web.live.messages import History, Message

logger = logging.getLogger(__name__)

# Clients served in one turn of the event loop: about two milliseconds of work.
AT_A_TURN: Final = 256


@final
class Fanout:
    """The subscriptions and the rounds of messages to them, without a task per client or event.

    Messages that arrive during a round are sent together in the next one. So under load clients get larger
    pieces instead of longer queues.

    Args:
        history: stores events for clients that are behind.
        took: called with the seconds from publishing each message to sending it to the last client.
    """

    def __init__(self, history: History, took: Callable[[float], None]) -> None:
        self._history = history
        # The newest event that no later round will send.
        self._newest = history.last_id
        self._took = took
        # Clients with the same topics share the same bytes. A dict keeps them in order.
        self._groups: dict[tuple[StreamKind, Topics], dict[Client, None]] = {}
        self._waiting: list[tuple[Message, float]] = []
        self._rounds: deque[_Round] = deque()
        self._scheduled = False

    def add(self, client: Client) -> None:
        """Serve `client` from the next message on; messages that already wait are older than the client."""
        self._begin_round()
        self._groups.setdefault((client.kind, client.topics), {})[client] = None

    def remove(self, client: Client) -> None:
        """Stop serving `client`."""
        key = (client.kind, client.topics)
        group = self._groups.get(key)
        if group is not None:
            group.pop(client, None)
            if not group:
                del self._groups[key]

    def wants(self, name: str) -> bool:
        """Whether any client has subscribed to events of this name."""
        return any(topics is None or name in topics for _, topics in self._groups)

    def publish(self, message: Message) -> None:
        """Store a message and send it to its subscribers in the next round."""
        self._history.add(message)
        if not self.wants(message.name):
            return
        self._waiting.append((message, perf_counter()))
        if not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._turn)

    @property
    def settled_id(self) -> int:
        """The newest event that every client that keeps up has received."""
        if self._rounds:
            return self._rounds[0].after
        return self._newest if self._waiting else self._history.last_id

    def missed(self, client: Client, most_bytes: int) -> tuple[tuple[bytes, ...], int] | None:
        """The next messages for a client that is behind, without those that a later round will send.

        Returns:
            The framed messages of its topics (empty if it has caught up) and the last event covered; None if
            some are no longer in the history. Only the last message may exceed `most_bytes`.
        """
        if not self._history.knows(client.seen):
            return None
        pieces, size, seen = list[bytes](), 0, client.seen
        for number, message in self._history.after(client.seen):
            if number > self._newest or size >= most_bytes:
                break
            seen = number
            if client.wants(message.name):
                pieces.append(message.encoded(client.kind))
                size += len(pieces[-1])
        return tuple(pieces), seen

    def _turn(self) -> None:
        if not self._rounds:
            self._begin_round()
        self._serve(AT_A_TURN)
        self._scheduled = bool(self._rounds or self._waiting)
        if self._scheduled:
            asyncio.get_running_loop().call_soon(self._turn)

    def _begin_round(self) -> None:
        """Begin a round with the waiting messages for the current clients."""
        before, self._newest = self._newest, self._history.last_id
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        shares = []
        for (transport, topics), group in self._groups.items():
            wanted = [message for message, _ in waiting if topics is None or message.name in topics]
            if wanted:
                payload = b"".join(message.encoded(transport) for message in wanted)
                newest = max(message.id or NO_ID for message in wanted)
                shares.append((payload, newest, tuple(group)))
        self._rounds.append(_Round(before, shares, tuple(published for _, published in waiting)))

    def _serve(self, most: int) -> None:
        """Serve up to `most` clients of the first round, and end the round after its last client."""
        if not self._rounds:
            return
        current = self._rounds[0]
        for client, payload, newest in islice(current.left, most):
            try:
                client.tell(payload, newest)
            except Exception:
                # One failing client must not stop the others.
                logger.exception("stream.send_failed transport=%s", client.kind)
                client.abort()
        current.count -= most
        if current.count <= 0:
            self._rounds.popleft()
            now = perf_counter()
            for published in current.published:
                self._took(now - published)


@final
class _Round:
    """Messages for the clients at the beginning of the round; `count` of them are `left`.

    Earlier rounds have sent all events up to `after`.
    """

    __slots__ = ("after", "count", "left", "published")

    def __init__(
        self, after: int, shares: list[tuple[bytes, int, tuple[Client, ...]]], published: tuple[float, ...]
    ) -> None:
        self.after = after
        self.count = sum(len(group) for _, _, group in shares)
        self.left: Iterator[tuple[Client, bytes, int]] = (
            (client, payload, newest) for payload, newest, group in shares for client in group
        )
        self.published = published
