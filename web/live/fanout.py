"""Hands each message to every client that wants it, a few hundred clients at a turn of the event loop."""

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

# Clients served before others get their turn: about two milliseconds of work.
AT_A_TURN: Final = 256


@final
class Fanout:
    """Who listens to what, and what is on its way to them. There is no task, for a client or for an event.

    What comes while a round is under way waits and goes out as one piece in the next one. So when there is
    more to tell than time to tell it, each client gets larger pieces, and not a longer queue.

    Args:
        history: where events are kept for clients that are behind.
        took: called with the seconds from each message's publishing to its last client's transport.
    """

    def __init__(self, history: History, took: Callable[[float], None]) -> None:
        self._history = history
        # The newest event that no later round brings.
        self._newest = history.last_id
        self._took = took
        # Clients that want the same are served the same bytes. A dict keeps them in order.
        self._groups: dict[tuple[StreamKind, Topics], dict[Client, None]] = {}
        self._waiting: list[tuple[Message, float]] = []
        self._rounds: deque[_Round] = deque()
        self._scheduled = False

    def add(self, client: Client) -> None:
        """Serve `client` from the next message on: what waits already is older than it."""
        self._begin_round()
        self._groups.setdefault((client.kind, client.topics), {})[client] = None

    def remove(self, client: Client) -> None:
        """Serve `client` no longer."""
        key = (client.kind, client.topics)
        group = self._groups.get(key)
        if group is not None:
            group.pop(client, None)
            if not group:
                del self._groups[key]

    def wants(self, name: str) -> bool:
        """Whether anybody wants events of that name."""
        return any(topics is None or name in topics for _, topics in self._groups)

    def publish(self, message: Message) -> None:
        """Keep a message, and send it to those who want it, soon."""
        self._history.add(message)
        if not self.wants(message.name):
            return
        self._waiting.append((message, perf_counter()))
        if not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._turn)

    @property
    def settled_id(self) -> int:
        """Up to which event every client that keeps up has been handed what it wants."""
        if self._rounds:
            return self._rounds[0].after
        return self._newest if self._waiting else self._history.last_id

    def missed(self, client: Client, most_bytes: int) -> tuple[tuple[bytes, ...], int] | None:
        """The next messages for a client that is behind, without those that a later round brings.

        Returns:
            the messages that it wants, framed, none where it has caught up; and the event up to which they
            reach. None where some are no longer kept. Only the last message may exceed `most_bytes`.
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
        """Make a round of what waits, for those who listen now."""
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
        """Serve `most` clients of the first round; the round ends with its last one."""
        if not self._rounds:
            return
        current = self._rounds[0]
        for client, payload, newest in islice(current.left, most):
            try:
                client.tell(payload, newest)
            except Exception:
                # The others are not to wait for it.
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
    """Messages on their way to those who listened when it began; `count` of them are `left`.

    All events up to `after` have been handed over by earlier rounds.
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
