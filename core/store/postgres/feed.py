"""The feed: one row for each group of changes, so that every process hears of all of them in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol, runtime_checkable

import msgspec

from core.store.tx import Sql, Tx

CHANNEL: Final = "helix"
_NEWER: Final = "SELECT seq, version, origin, kinds, payload FROM feed WHERE seq >= ? ORDER BY seq"
ADD: Final = Sql(
    sqlite="",
    postgres="INSERT INTO feed (version, origin, kinds, payload, at_us) VALUES (?, ?, ?, ?, "
    "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint) RETURNING seq",
)


class Announcement(msgspec.Struct, frozen=True):
    """What a group tells other processes.

    Attributes:
        kinds: words for what changed, such as "snapshot".
        version: of the newest snapshot, if it changed.
        payload: the events that go with it, as the announcer encodes them.
    """

    kinds: tuple[str, ...]
    version: int | None = None
    payload: bytes | None = None


class Entry(msgspec.Struct, frozen=True):
    """One row of the feed: an announcement with its number and the process that made it."""

    seq: int
    version: int | None
    origin: str
    kinds: tuple[str, ...]
    payload: bytes | None


@runtime_checkable
class Announcer(Protocol):
    """A participant whose changes concern other processes. Both methods run in the writer's thread."""

    def announce(self) -> Announcement | None:
        """What the open group has changed so far; None if nothing. Asked once, before the COMMIT."""
        ...

    def refresh(self, tx: Tx, entries: Sequence[Entry] | None) -> None:
        """Takes over what other processes have changed; None if that is more than the feed still holds."""
        ...


def newer(tx: Tx, seen: int) -> list[Entry] | None:
    """The entries after `seen`; None if the feed does not reach back so far."""
    entries = [
        Entry(seq, version, origin, tuple(kinds.split()), payload)
        for seq, version, origin, kinds, payload in tx.execute(_NEWER, (seen,))
    ]
    return entries[1:] if entries and entries[0].seq == seen else None


def merged(announcements: Sequence[Announcement]) -> tuple[int | None, str, bytes | None]:
    """Version, kinds and payload of the one row for all announcements of a group."""
    versions = [one.version for one in announcements if one.version is not None]
    kinds = dict.fromkeys(kind for one in announcements for kind in one.kinds)
    payloads = [one.payload for one in announcements if one.payload is not None]
    return max(versions, default=None), " ".join(kinds), payloads[0] if payloads else None
