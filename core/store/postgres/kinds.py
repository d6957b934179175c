"""What the open group has changed, by kind: told to the feed in the transaction that changes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar, cast

from core.store.feed import EVERYTHING, FeedEntry
from core.store.postgres.feed import Announcement, Entry
from core.store.tx import Tx

T = TypeVar("T")


class GroupKinds:
    """A participant that gathers the kinds of the writes in a group; those undone count for nothing."""

    def __init__(self) -> None:
        self._kinds: tuple[str, ...] = ()

    def noting(self, work: Callable[[Tx], T], kinds: tuple[str, ...]) -> Callable[[Tx], T]:
        """The work, which also notes its kinds."""

        def noted(tx: Tx) -> T:
            self._kinds = tuple(dict.fromkeys((*self._kinds, *kinds)))
            return work(tx)

        return noted

    def capture(self) -> object:
        """See `Participant.capture`."""
        return self._kinds

    def restore(self, captured: object) -> None:
        """See `Participant.restore`."""
        self._kinds = cast("tuple[str, ...]", captured)

    def announce(self) -> Announcement | None:
        """See `Announcer.announce`; the next group begins with none."""
        kinds, self._kinds = self._kinds, ()
        return Announcement(kinds) if kinds else None

    def refresh(self, tx: Tx, entries: Sequence[Entry] | None) -> None:
        """See `Announcer.refresh`: there is nothing to take over."""


def foreign(entries: Sequence[Entry] | None) -> list[FeedEntry]:
    """What other processes changed as listeners hear it; one that concerns all if some of it is gone."""
    if entries is None:
        return [FeedEntry(seq=None, origin="", kinds=(EVERYTHING,))]
    return [
        FeedEntry(seq=one.seq, origin=one.origin, kinds=one.kinds, version=one.version, payload=one.payload)
        for one in entries
    ]
