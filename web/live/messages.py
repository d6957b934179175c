"""One event as it goes to everybody: encoded once, and framed once for each transport when first wanted."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from typing import final

import msgspec

from state.ports import StreamKind
from web.bodies import encode_json
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
    """The last messages, for those who come back.

    Args:
        last_id: the newest event before the first message; what came before it is not known here.
        most: how many messages are kept.
    """

    def __init__(self, last_id: int, most: int) -> None:
        self._messages: deque[Message] = deque()
        self._most = most
        # Everything after this id is here.
        self._floor = last_id

    def add(self, message: Message) -> None:
        """Keep a message that has an id."""
        self._messages.append(message)
        if len(self._messages) > self._most:
            gone = self._messages.popleft()
            self._floor = gone.id or self._floor

    def after(self, event_id: int, last_id: int) -> tuple[Message, ...] | None:
        """What came after an event, oldest first; None where that is not all known.

        Args:
            event_id: the last event that a client has seen.
            last_id: the newest event of all.
        """
        if not self._floor <= event_id <= last_id:
            return None
        return tuple(
            message for message in self._messages if message.id is not None and message.id > event_id
        )
