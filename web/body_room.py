"""How many large bodies are read at once: they lie in memory before anybody has proved anything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, final

# A smaller body costs no more than the connection does, whose buffers hold as much.
_SMALL_BYTES: Final = 64 * 1024
_ROOM_BYTES: Final = 32 * 1024 * 1024
_FEWEST_PLACES: Final = 8


class PlaceTaken(Exception):  # noqa: N818 - nothing failed, another one came
    """A body was still on its way when its place was needed."""


@final
class BodyRoom:
    """Places for large bodies. Who comes to a full room takes the place of the one longest on its way.

    So those who drip, however many they are, keep nobody out: what is sent at a stretch is there before its
    place is needed.

    Args:
        max_body: how large a body may be, in bytes.
    """

    def __init__(self, max_body: int) -> None:
        self._places = max(_FEWEST_PLACES, _ROOM_BYTES // max_body)
        # In the order of coming, by the time that each has.
        self._reading: dict[asyncio.Timeout, None] = {}

    @property
    def reading(self) -> int:
        """How many large bodies are on their way."""
        return len(self._reading)

    @asynccontextmanager
    async def place(self, length: int | None, longest_s: float) -> AsyncIterator[None]:
        """Holds a place while a body is read; `length` are its bytes, None where that is not said.

        Raises:
            PlaceTaken: another body needed it.
            TimeoutError: `longest_s` are over.
        """
        limit = asyncio.timeout(longest_s)
        large = length is None or length > _SMALL_BYTES
        try:
            async with limit:
                if large:
                    self._make_room()
                    self._reading[limit] = None
                yield
        except TimeoutError:
            if large and limit not in self._reading:
                raise PlaceTaken from None
            raise
        finally:
            self._reading.pop(limit, None)

    def _make_room(self) -> None:
        if len(self._reading) < self._places:
            return
        oldest = next(iter(self._reading))
        del self._reading[oldest]
        if not oldest.expired():
            oldest.reschedule(asyncio.get_running_loop().time())
