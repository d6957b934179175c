"""Limits the unsent bytes that connections hold for slow clients, in the process and in the kernel."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import Final, Generic, Protocol, TypeVar, final

# From this peak on, `on_relief` is called when most of it has been released.
_MUCH_BYTES: Final = 16 * 1024 * 1024
_GONE_SHARE: Final = 0.75


class Holder(Protocol):
    """A connection with unsent bytes."""

    def give_up(self) -> None:
        """Close it now, discarding its unsent bytes."""


HolderT = TypeVar("HolderT", bound=Holder)


@final
class Unsent(Generic[HolderT]):
    """The connections with unsent bytes. Above the limit, those stuck for the longest are closed.

    Args:
        most_bytes: the limit of the sum.
        on_relief: called when three quarters of a large sum have been released.

    Attributes:
        total_bytes: the sum.
    """

    def __init__(self, most_bytes: int, on_relief: Callable[[], None] = lambda: None) -> None:
        self._most_bytes = most_bytes
        self._on_relief = on_relief
        # The largest sum since the last call of `on_relief`.
        self._peak_bytes = 0
        # The connection whose client has read nothing for the longest comes first.
        self._held: dict[HolderT, int] = {}
        self.total_bytes = 0

    def __contains__(self, holder: HolderT) -> bool:
        return holder in self._held

    def __iter__(self) -> Iterator[HolderT]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def hold(self, holder: HolderT, size_bytes: int) -> None:
        """Set a connection's unsent bytes; above the limit, close the connections stuck for the longest."""
        self.total_bytes += size_bytes - self._held.pop(holder, 0)
        self._held[holder] = size_bytes
        self._peak_bytes = max(self._peak_bytes, self.total_bytes)
        while self.total_bytes > self._most_bytes:
            stuck = next(iter(self._held))
            self.release(stuck)
            stuck.give_up()

    def release(self, holder: HolderT) -> None:
        """Remove a connection that has no unsent bytes any more."""
        self.total_bytes -= self._held.pop(holder, 0)
        left_bytes = self._peak_bytes * (1 - _GONE_SHARE)
        if self._peak_bytes >= _MUCH_BYTES and self.total_bytes <= left_bytes:
            self._peak_bytes = self.total_bytes
            self._on_relief()


def bound_send_buffer(transport: asyncio.BaseTransport, size_bytes: int) -> None:
    """Limit the kernel's send buffer to `size_bytes`, which Linux doubles; the default is megabytes."""
    connection = transport.get_extra_info("socket")
    # Not every socket supports the option; the other limits still hold.
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, size_bytes)
