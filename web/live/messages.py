"""Messages, encoded once and framed once for each transport; and their history."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime
from typing import final

import msgspec

from state.ports import StreamKind
from web.answers.bodies import encode_json
from web.live import sse
from web.live.frames import Opcode, encode_frame


@final
class Message:
    """One event; all clients of a transport get the same bytes.

    Args:
        event_id: the id to resume after; None for events that are not stored.
        name: its type, which is also its topic.
        record: its data.
    """

    __slots__ = ("_at", "_data", "_sse", "_ws", "id", "name")

    def __init__(self, event_id: int | None, name: str, record: msgspec.Struct, at: datetime) -> None:
        self.id = event_id
        self.name = name
        self._at = at
        # Encoded here, so that an encoding error reaches the publisher.
        self._data = encode_json(record)
        self._sse = b""
        self._ws = b""

    @property
    def data_bytes(self) -> int:
        """The length of its data, without frame."""
        return len(self._data)

    def encoded(self, transport: StreamKind) -> bytes:
        """The framed bytes for a transport."""
        if transport == "sse":
            if not self._sse:
                self._sse = sse.encode_event(self.name, self._data, self.id)
            return self._sse
        if not self._ws:
            data = msgspec.Raw(self._data)
            envelope = {"id": self.id, "event": self.name, "at": self._at, "data": data}
            self._ws = encode_frame(Opcode.TEXT, encode_json(envelope))
        return self._ws


@final
class History:
    """The last events, for clients that resume or are behind.

    Args:
        last_id: the id before the first message; earlier events are unknown.
        most: the maximum number of messages.
        most_bytes: the maximum size of their data together.

    Attributes:
        last_id: the id of the newest event.
    """

    def __init__(self, last_id: int, most: int, most_bytes: int) -> None:
        self.last_id = last_id
        self._messages: deque[tuple[int, Message]] = deque()
        self._most = most
        self._most_bytes = most_bytes
        self._bytes = 0
        # All events after this id are stored.
        self._floor = last_id

    def add(self, message: Message) -> None:
        """Store a message; one without id is ignored."""
        if message.id is None:
            return
        self.last_id = message.id
        self._messages.append((message.id, message))
        self._bytes += message.data_bytes
        while len(self._messages) > self._most or self._bytes > self._most_bytes:
            self._floor, gone = self._messages.popleft()
            self._bytes -= gone.data_bytes

    def knows(self, event_id: int) -> bool:
        """Whether all events after this one are stored."""
        return event_id >= self._floor

    def after(self, event_id: int) -> Iterator[tuple[int, Message]]:
        """The stored events after this one, oldest first, each with its id."""
        return ((number, message) for number, message in self._messages if number > event_id)
