"""What connections hold that their clients have not taken yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from web.live.client import Client


@final
class Unsent:
    """The clients whose connection holds unsent bytes, and the sum of these bytes.

    Args:
        most_bytes: how large the sum may be.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        # The one that has taken nothing for the longest is first.
        self._held: dict[Client, int] = {}
        self.total_bytes = 0

    def __contains__(self, client: Client) -> bool:
        return client in self._held

    def __iter__(self) -> Iterator[Client]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def hold(self, client: Client, size_bytes: int) -> None:
        """A client's connection holds so much, from now on."""
        self.release(client)
        self._held[client] = size_bytes
        self.total_bytes += size_bytes

    def release(self, client: Client) -> None:
        """Its connection holds nothing more; nothing changes where it held nothing."""
        self.total_bytes -= self._held.pop(client, 0)

    def surplus(self) -> Client | None:
        """The client that has to go because the sum is too large; None where it is not."""
        return next(iter(self._held)) if self.total_bytes > self._most_bytes else None
