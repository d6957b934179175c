"""Limits the time and size of a request head that arrives in pieces."""

from __future__ import annotations

import asyncio
from typing import Final, Protocol, final

from core.text.numbers import plain
from web.answers.problems import Problem

MAX_HEAD_BYTES: Final = 32 * 1024


class Reading(Protocol):
    """The part of a connection that the timeout uses."""

    def has_requests(self) -> bool:
        """Whether earlier requests are being handled or wait."""

    def refuse(self, problem: Problem) -> None:
        """Send this error and close."""


@final
class HeadTimeout:
    """The limits of the incomplete head of one connection, if there is one.

    Attributes:
        size_bytes: the bytes received so far; 0 without an incomplete head.
    """

    __slots__ = ("_connection", "_longest_s", "_loop", "_timer", "size_bytes")

    def __init__(self, connection: Reading, longest_s: float, loop: asyncio.AbstractEventLoop) -> None:
        self._connection = connection
        self._longest_s = longest_s
        self._loop = loop
        self._timer: asyncio.TimerHandle | None = None
        self.size_bytes = 0

    def saw(self, size_bytes: int) -> None:
        """Count a piece of an incomplete head."""
        self.size_bytes += size_bytes
        if self.size_bytes > MAX_HEAD_BYTES:
            self._connection.refuse(Problem(431, f"A request head may have at most {MAX_HEAD_BYTES} bytes."))
        elif self._timer is None:
            self._start()

    def end(self) -> None:
        """The head is complete, or the bytes are not a head."""
        self.size_bytes = 0
        self.stop()

    def stop(self) -> None:
        """Cancel the time limit."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _start(self) -> None:
        self._timer = self._loop.call_later(self._longest_s, self._expire)

    def _expire(self) -> None:
        self._timer = None
        if self._connection.has_requests():
            # Earlier requests are not answered yet, so this head may wait.
            self._start()
        else:
            self._connection.refuse(
                Problem(408, f"The request head did not arrive within {plain(self._longest_s)} s.")
            )
