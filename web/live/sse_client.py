"""A listener to Server-Sent Events."""

from __future__ import annotations

import asyncio
from typing import Final, final

from web.live import sse
from web.live.client import Client, Owner, Topics

# It has nothing to say.
_MOST_SAID_BYTES: Final = 4096


@final
class SseClient(Client):
    """Takes Server-Sent Events."""

    __slots__ = ("_said",)

    kind = "sse"

    def __init__(self, streams: Owner, address: str, topics: Topics, after_id: int | None) -> None:
        super().__init__(streams, address, topics, after_id)
        self._said = 0

    def begin(self, transport: asyncio.Transport, head: bytes, received: bytes) -> None:
        """Take over a connection; after the head it is told when to come back once it is cut."""
        super().begin(transport, head + sse.encode_opening(self._streams.next_retry_ms()), received)

    def data_received(self, data: bytes) -> None:
        """Nothing that follows the request is read, and not much of it is tolerated."""
        self._said += len(data)
        if self._said > _MOST_SAID_BYTES:
            self.drop("misused")

    def beat(self) -> None:
        """A comment, which a client ignores and a proxy sees."""
        self.send(sse.HEARTBEAT)

    def goodbye(self) -> None:
        """A comment, and the end."""
        self._end_with(sse.GOODBYE)
        if self.transport is not None:
            self.transport.close()

    def _cut(self, reason: str) -> None:
        del reason
        self.abort()
