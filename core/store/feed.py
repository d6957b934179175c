"""The feed: what the processes of one store committed, in commit order."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from itertools import count
from typing import Final, Protocol, TypeVar

import msgspec

from core.listeners import subscribe

logger = logging.getLogger(__name__)

T = TypeVar("T")

# An entry of this kind concerns every listener: more was committed than the feed still holds.
EVERYTHING: Final = "*"


class FeedEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One committed group.

    Attributes:
        seq: grows with each entry; None for a hint, which can get lost.
        origin: the id of the member that committed it.
        kinds: words for what was changed, such as "alerts".
        version: of the newest snapshot, if the group changed it and the engine knows it.
        payload: what the participants of that process told of it; None if nothing.
        own: whether this process committed it.
    """

    seq: int | None
    origin: str
    kinds: tuple[str, ...]
    version: int | None = None
    payload: bytes | None = None
    own: bool = False

    def concerns(self, kinds: Collection[str]) -> bool:
        """Whether any of `kinds` may have changed."""
        return EVERYTHING in self.kinds or any(kind in kinds for kind in self.kinds)


OnEntry = Callable[[FeedEntry], None]


class Feed(Protocol):
    """Tells what any process committed."""

    def on(self, kinds: Collection[str], callback: OnEntry, *, own: bool = True) -> Callable[[], None]:
        """Calls `callback(entry)` on the event loop for each entry of these kinds; returns the unsubscriber.

        Entries come in commit order, and this process's own after the `on_commit` of their writes. The
        callback must not block.

        Args:
            kinds: the wanted kinds.
            callback: called once for each entry, however many of its kinds are wanted.
            own: whether entries of this process are wanted too.
        """
        ...


class _Listener(msgspec.Struct, frozen=True, eq=False):
    kinds: frozenset[str]
    callback: OnEntry
    own: bool


class FeedListeners:
    """The listeners of a feed; an engine's feed tells them its entries on the event loop.

    Attributes:
        own_kinds: the kinds of which somebody wants this process's own entries.
    """

    def __init__(self) -> None:
        self._listeners: list[_Listener] = []
        self.own_kinds: frozenset[str] = frozenset()

    def on(self, kinds: Collection[str], callback: OnEntry, *, own: bool = True) -> Callable[[], None]:
        """See `Feed.on`."""
        leave = subscribe(self._listeners, _Listener(frozenset(kinds), callback, own))
        self._count_own()

        def unsubscribe() -> None:
            leave()
            self._count_own()

        return unsubscribe

    def tell(self, entry: FeedEntry) -> None:
        """Calls the listeners of an entry; one that raises is logged and affects no other."""
        for listener in tuple(self._listeners):
            if (entry.own and not listener.own) or not entry.concerns(listener.kinds):
                continue
            try:
                listener.callback(entry)
            except Exception:
                logger.exception("feed.listener_failed kinds=%s", ",".join(entry.kinds))

    def _count_own(self) -> None:
        self.own_kinds = frozenset(
            kind for listener in self._listeners if listener.own for kind in listener.kinds
        )


class LocalFeed(FeedListeners):
    """The feed of a store with one process: it tells of this process's own commits only.

    Args:
        origin: the id of this process.
    """

    def __init__(self, origin: str) -> None:
        super().__init__()
        self._origin = origin
        self._numbers = count(1)

    def after(
        self, on_commit: Callable[[T], None] | None, kinds: tuple[str, ...]
    ) -> Callable[[T], None] | None:
        """The commit hook of a write of these kinds: `on_commit`, then the entry.

        It is `on_commit` itself where nobody wants to hear of own commits, which costs nothing.
        """
        if self.own_kinds.isdisjoint(kinds):
            return on_commit

        def committed(result: T) -> None:
            try:
                if on_commit is not None:
                    on_commit(result)
            finally:
                self.tell(FeedEntry(seq=next(self._numbers), origin=self._origin, kinds=kinds, own=True))

        return committed
