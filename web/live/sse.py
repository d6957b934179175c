"""Encodes Server-Sent Events (HTML standard §9.2.6)."""

from __future__ import annotations

import re
from typing import Final

HEARTBEAT: Final = b": \n\n"
GOODBYE: Final = b": the server is stopping\n\n"

# The line ends of the event stream format.
_LINE_END: Final = re.compile(rb"\r\n|\r|\n")


def encode_event(name: str, data: bytes, event_id: int | None = None) -> bytes:
    """One event. Without an id, the client's last event id stays the same.

    Args:
        name: its type, without line ends.
        data: UTF-8; each line becomes a `data` line, so all line ends arrive as LF.
        event_id: the client's next `Last-Event-ID`.
    """
    first = f"event: {name}\n" if event_id is None else f"id: {event_id}\nevent: {name}\n"
    lines = b"".join(b"data: %s\n" % line for line in _LINE_END.split(data))
    return b"%s%s\n" % (first.encode(), lines)


def encode_opening(retry_ms: int) -> bytes:
    """The first bytes of a stream: the reconnection time in milliseconds."""
    return b"retry: %d\n\n" % retry_ms
