"""Limits how many large bodies are read at once, because they use memory before authentication."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, final

from aiohttp import web

# A smaller body costs no more than the connection's own buffers.
_SMALL_BYTES: Final = 64 * 1024
_MOST_BYTES: Final = 32 * 1024 * 1024
_FEWEST_PLACES: Final = 8


class PlaceTaken(Exception):
    """The body's place was taken by a newer one while it was being read."""


@final
class BodyLimit:
    """A fixed number of places for large bodies. If all are in use, a new body evicts an old one.

    The oldest body of the client with the most places is evicted, or of the new body's own client if none has
    more. So slow senders block nobody, and a client that sends many bodies evicts only its own.

    Args:
        max_body: the maximum size of a body in bytes.
    """

    def __init__(self, max_body: int) -> None:
        self._places = max(_FEWEST_PLACES, _MOST_BYTES // max_body)
        # Oldest first: each body's timeout and client.
        self._reading: dict[asyncio.Timeout, str] = {}

    @property
    def reading(self) -> int:
        """How many large bodies are being read."""
        return len(self._reading)

    @asynccontextmanager
    async def place(self, client: str, length: int | None, longest_s: float) -> AsyncIterator[None]:
        """Hold a place while a body is read; `length` is its Content-Length, or None.

        Raises:
            PlaceTaken: a newer body took the place.
            TimeoutError: reading took longer than `longest_s`.
        """
        limit = asyncio.timeout(longest_s)
        large = length is None or length > _SMALL_BYTES
        try:
            async with limit:
                if large:
                    self._make_room(client)
                    self._reading[limit] = client
                yield
        except TimeoutError:
            if large and limit not in self._reading:
                raise PlaceTaken from None
            raise
        finally:
            self._reading.pop(limit, None)

    def _make_room(self, newcomer: str) -> None:
        if len(self._reading) < self._places:
            return
        held = Counter(self._reading.values())
        held[newcomer] += 1
        most = max(held.values())
        oldest = next(limit for limit, client in self._reading.items() if held[client] == most)
        del self._reading[oldest]
        if not oldest.expired():
            oldest.reschedule(asyncio.get_running_loop().time())


BODY_LIMIT = web.AppKey("body_limit", BodyLimit)
