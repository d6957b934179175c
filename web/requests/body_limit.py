"""How many large bodies are read at once: they lie in memory before anybody has proved anything."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, final

from aiohttp import web

# A smaller body costs no more than the connection does, whose buffers hold as much.
_SMALL_BYTES: Final = 64 * 1024
_ROOM_BYTES: Final = 32 * 1024 * 1024
_FEWEST_PLACES: Final = 8


class PlaceTaken(Exception):
    """A body was still on its way when its place was needed."""


@final
class BodyRoom:
    """Places for large bodies. Who comes to a full room takes that of the one longest on its way.

    It is one of the client's who holds the most, the newcomer's own where nobody holds more. So those who
    drip keep nobody out, and whoever begins one body after the other takes places from itself alone.

    Args:
        max_body: how large a body may be, in bytes.
    """

    def __init__(self, max_body: int) -> None:
        self._places = max(_FEWEST_PLACES, _ROOM_BYTES // max_body)
        # In the order of coming: the time that each has, and whose it is.
        self._reading: dict[asyncio.Timeout, str] = {}

    @property
    def reading(self) -> int:
        """How many large bodies are on their way."""
        return len(self._reading)

    @asynccontextmanager
    async def place(self, client: str, length: int | None, longest_s: float) -> AsyncIterator[None]:
        """Holds a place while a client's body is read; `length` are its bytes, None where that is not said.

        Raises:
            PlaceTaken: another body needed it.
            TimeoutError: `longest_s` are over.
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


BODY_ROOM = web.AppKey("body_room", BodyRoom)
