"""What connections hold that their clients have not taken yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, Generic, Protocol, TypeVar, final

# Where so much was held, it is worth telling that most of it is gone.
_MUCH_BYTES: Final = 16 * 1024 * 1024
_GONE_SHARE: Final = 0.75


class Holder(Protocol):
    """A connection, as far as its unsent bytes are counted."""

    def give_up(self) -> None:
        """End it now, with all that it holds."""
        ...


HolderT = TypeVar("HolderT", bound=Holder)


@final
class Unsent(Generic[HolderT]):
    """The connections that hold unsent bytes. Where the sum is too large, the one that is stuck longest ends.

    Args:
        most_bytes: how large the sum may be.
        on_relief: called when three quarters of much that was held are gone.

    Attributes:
        total_bytes: the sum.
    """

    def __init__(self, most_bytes: int, on_relief: Callable[[], None] = lambda: None) -> None:
        self._most_bytes = most_bytes
        self._on_relief = on_relief
        # The largest sum since the last call.
        self._peak_bytes = 0
        # The one whose client has taken nothing for the longest is first.
        self._held: dict[HolderT, int] = {}
        self.total_bytes = 0

    def __contains__(self, holder: HolderT) -> bool:
        return holder in self._held

    def __iter__(self) -> Iterator[HolderT]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def hold(self, holder: HolderT, size_bytes: int) -> None:
        """Count what a connection holds from now on, and make room where that is too much."""
        self.total_bytes += size_bytes - self._held.pop(holder, 0)
        self._held[holder] = size_bytes
        self._peak_bytes = max(self._peak_bytes, self.total_bytes)
        while self.total_bytes > self._most_bytes:
            stuck = next(iter(self._held))
            self.release(stuck)
            stuck.give_up()

    def release(self, holder: HolderT) -> None:
        """Count nothing for a connection that holds nothing more."""
        self.total_bytes -= self._held.pop(holder, 0)
        left_bytes = self._peak_bytes * (1 - _GONE_SHARE)
        if self._peak_bytes >= _MUCH_BYTES and self.total_bytes <= left_bytes:
            self._peak_bytes = self.total_bytes
            self._on_relief()
