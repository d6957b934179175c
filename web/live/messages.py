"""One event as it goes to everybody: encoded once, and framed once for each transport when first wanted."""

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
    """One event. What is sent of it are the same bytes for every client of a transport.

    Args:
        event_id: what a client resumes after; None for what is not resumed.
        name: its type; also the topic by which it is chosen.
        record: its data.
    """

    __slots__ = ("_at", "_data", "_sse", "_ws", "id", "name")

    def __init__(self, event_id: int | None, name: str, record: msgspec.Struct, at: datetime) -> None:
        self.id = event_id
        self.name = name
        self._at = at
        # Here, where whoever publishes hears of what cannot be encoded.
        self._data = encode_json(record)
        self._sse = b""
        self._ws = b""

    @property
    def data_bytes(self) -> int:
        """How long its data is, without a frame."""
        return len(self._data)

    def encoded(self, transport: StreamKind) -> bytes:
        """The bytes to send over this transport."""
        return self._for_sse() if transport == "sse" else self._for_ws()

    def _for_sse(self) -> bytes:
        if not self._sse:
            self._sse = sse.encode_event(self.name, self._data, self.id)
        return self._sse

    def _for_ws(self) -> bytes:
        if not self._ws:
            data = msgspec.Raw(self._data)
            envelope = {"id": self.id, "event": self.name, "at": self._at, "data": data}
            self._ws = encode_frame(Opcode.TEXT, encode_json(envelope))
        return self._ws


@final
class History:
    """The last events, for clients that come back and for those that are behind.

    Args:
        last_id: the newest event before the first message; what came before it is not known here.
        most: how many messages are kept.
        most_bytes: how many bytes of data they may have together.

    Attributes:
        last_id: the newest event that was added.
    """

    def __init__(self, last_id: int, most: int, most_bytes: int) -> None:
        self.last_id = last_id
        self._messages: deque[tuple[int, Message]] = deque()
        self._most = most
        self._most_bytes = most_bytes
        self._bytes = 0
        # Everything after this id is here.
        self._floor = last_id

    def add(self, message: Message) -> None:
        """Keep a message that has an id; one without is not resumed."""
        if message.id is None:
            return
        self.last_id = message.id
        self._messages.append((message.id, message))
        self._bytes += message.data_bytes
        while len(self._messages) > self._most or self._bytes > self._most_bytes:
            self._floor, gone = self._messages.popleft()
            self._bytes -= gone.data_bytes

    def knows(self, event_id: int) -> bool:
        """Whether everything after that event is kept."""
        return event_id >= self._floor

    def after(self, event_id: int) -> Iterator[tuple[int, Message]]:
        """What is kept of what came after an event, oldest first, each with its id."""
        return ((number, message) for number, message in self._messages if number > event_id)
