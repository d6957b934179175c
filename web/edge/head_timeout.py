"""Bounds a head that comes in pieces: it must end in time, and within so many bytes."""

from __future__ import annotations

import asyncio
from typing import Final, Protocol, final

from core.text.numbers import plain
from web.answers.problems import Problem

MAX_HEAD_BYTES: Final = 32 * 1024


class Reading(Protocol):
    """A connection, as far as a head comes over it."""

    def has_requests(self) -> bool:
        """Whether requests that came before are yet to be answered."""
        ...

    def refuse(self, problem: Problem) -> None:
        """End the connection with this answer."""
        ...


@final
class HeadTimeout:
    """Watches over the head that comes in over one connection, if one does.

    Attributes:
        size_bytes: how much of it has come; 0 while none has begun.
    """

    __slots__ = ("_connection", "_longest_s", "_loop", "_timer", "size_bytes")

    def __init__(self, connection: Reading, longest_s: float, loop: asyncio.AbstractEventLoop) -> None:
        self._connection = connection
        self._longest_s = longest_s
        self._loop = loop
        self._timer: asyncio.TimerHandle | None = None
        self.size_bytes = 0

    def saw(self, size_bytes: int) -> None:
        """Count a piece of a head that has not ended with it."""
        self.size_bytes += size_bytes
        if self.size_bytes > MAX_HEAD_BYTES:
            self._connection.refuse(
                Problem(431, f"A request's head may have at most {MAX_HEAD_BYTES} bytes.")
            )
        elif self._timer is None:
            self._start()

    def end(self) -> None:
        """The head has ended, or what comes is none."""
        self.size_bytes = 0
        self.stop()

    def stop(self) -> None:
        """Watch no longer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _start(self) -> None:
        self._timer = self._loop.call_later(self._longest_s, self._expire)

    def _expire(self) -> None:
        self._timer = None
        if self._connection.has_requests():
            # Nobody waits for this head yet.
            self._start()
        else:
            self._connection.refuse(Problem(408, f"The head did not end within {plain(self._longest_s)} s."))
