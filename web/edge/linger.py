"""What is left of a connection once it has been closed here: bytes that its client has not taken yet."""

from __future__ import annotations

import asyncio
from typing import Final, final

# So long it has for them. Without an end it could keep the connection open for good by taking nothing.
LINGER_S: Final = 60.0


@final
class Linger:
    """Bounds how long a closed connection stays; nothing where all of it has been sent."""

    __slots__ = ("_timer", "_transport")

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def lasts(self) -> bool:
        """Whether the connection is closed, and still there."""
        return self._transport is not None

    def begin(self, transport: asyncio.Transport | None, loop: asyncio.AbstractEventLoop) -> None:
        """Look at a connection that may have been closed just now."""
        if (
            transport is not None
            and self._transport is None
            and transport.is_closing()
            and transport.get_write_buffer_size()
        ):
            self._transport = transport
            self._timer = loop.call_later(LINGER_S, transport.abort)

    def cut_short(self) -> None:
        """Let the connection go now."""
        if self._transport is not None:
            self._transport.abort()

    def end(self) -> None:
        """The connection has gone."""
        self._transport = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
