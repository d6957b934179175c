"""Server-Sent Events as bytes (HTML standard §9.2.6)."""

from __future__ import annotations

import re
from typing import Final

HEARTBEAT: Final = b": \n\n"
GOODBYE: Final = b": the server is stopping\n\n"

# Everything that ends a line for a parser of event streams, and nothing else.
_LINE_END: Final = re.compile(rb"\r\n|\r|\n")


def encode_event(name: str, data: bytes, event_id: int | None = None) -> bytes:
    """One event. Without an id, the id that a client resumes from stays as it is.

    Args:
        name: its type, without line ends.
        data: UTF-8; each of its lines becomes a line of its own, and all line ends arrive as LF.
        event_id: what `Last-Event-ID` will be.
    """
    first = f"event: {name}\n" if event_id is None else f"id: {event_id}\nevent: {name}\n"
    lines = b"".join(b"data: %s\n" % line for line in _LINE_END.split(data))
    return b"%s%s\n" % (first.encode(), lines)


def encode_opening(retry_ms: int) -> bytes:
    """What a stream begins with: after how many milliseconds to come back once it is cut."""
    return b"retry: %d\n\n" % retry_ms
