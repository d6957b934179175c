"""A stream client over Server-Sent Events."""

from __future__ import annotations

import asyncio
from typing import Final, final

from web.live import sse
from web.live.client import Client, Owner, Topics

# A client that sends more than this after its request is dropped; it has no reason to send anything.
_MOST_SAID_BYTES: Final = 4096


@final
class SseClient(Client):
    """A client of Server-Sent Events."""

    __slots__ = ("_said",)

    kind = "sse"

    def __init__(self, streams: Owner, address: str, topics: Topics, after_id: int | None) -> None:
        super().__init__(streams, address, topics, after_id)
        self._said = 0

    def begin(self, transport: asyncio.Transport, head: bytes, received: bytes) -> None:
        """Take over a connection; sends the head and the reconnection time."""
        super().begin(transport, head + sse.encode_opening(self._streams.next_retry_ms()), received)

    def data_received(self, data: bytes) -> None:
        """Ignore bytes after the request; too many drop the client."""
        self._said += len(data)
        if self._said > _MOST_SAID_BYTES:
            self.drop("misused")

    def beat(self) -> None:
        """Send a comment, which keeps the connection alive through proxies."""
        self.send(sse.HEARTBEAT)

    def goodbye(self) -> None:
        """Send a last comment and close."""
        self._end_with(sse.GOODBYE)
        if self.transport is not None:
            self.transport.close()

    def _cut(self, reason: str) -> None:
        del reason
        self.abort()
