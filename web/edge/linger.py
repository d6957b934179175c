"""Lingering close: drains a closed connection until the client has read the rest."""

from __future__ import annotations

import asyncio
from typing import Final, final

# The time limit; without it a client that reads nothing could keep the connection open for good.
LINGER_S: Final = 60.0


@final
class Linger:
    """Limits how long a closed connection with unsent bytes stays open."""

    __slots__ = ("_timer", "_transport")

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def lasts(self) -> bool:
        """Whether the connection is closed but still has unsent bytes."""
        return self._transport is not None

    def begin(self, transport: asyncio.Transport | None, loop: asyncio.AbstractEventLoop) -> None:
        """Start the time limit, if the connection is closing."""
        if (
            transport is not None
            and self._transport is None
            and transport.is_closing()
            and transport.get_write_buffer_size()
        ):
            self._transport = transport
            self._timer = loop.call_later(LINGER_S, transport.abort)

    def cut_short(self) -> None:
        """Abort the connection now."""
        if self._transport is not None:
            self._transport.abort()

    def end(self) -> None:
        """The connection is gone: cancel the time limit."""
        self._transport = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
