"""Two processes on one database: each hears of the other's changes, in order and before its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import pytest

from core.store.feed import FeedEntry
from core.store.postgres.feed import Announcement, Entry
from core.store.tx import Tx
from tests.core.store.postgres.notes import opened
from tests.postgres_server import PostgresServer


class Tally:
    """The sum of all notes in memory, and how it came about."""

    def __init__(self) -> None:
        self.total = 0
        self._is_changed = False
        self.heard: list[Sequence[Entry] | None] = []

    def capture(self) -> object:
        return self.total

    def restore(self, captured: object) -> None:
        assert isinstance(captured, int)
        self.total = captured

    def announce(self) -> Announcement | None:
        changed, self._is_changed = self._is_changed, False
        return Announcement(("tally",), self.total, b"%d" % self.total) if changed else None

    def refresh(self, tx: Tx, entries: Sequence[Entry] | None) -> None:
        self.heard.append(entries)
        self.total = tx.execute("SELECT count(*) FROM notes").fetchone()[0]

    def add(self, body: str) -> Callable[[Tx], int]:
        def work(tx: Tx) -> int:
            tx.execute("INSERT INTO notes (body) VALUES (?)", (body,))
            self.total += 1
            self._is_changed = True
            return self.total

        return work


async def test_a_process_knows_the_others_changes_before_it_adds_its_own(server: PostgresServer) -> None:
    url = server.fresh_url()
    here, there = Tally(), Tally()
    order: list[object] = []
    async with (
        opened(url, origin="here", on_foreign=order.append) as first,
        opened(url, origin="there") as second,
    ):
        first.add_participant(here)
        second.add_participant(there)
        assert await first.write(here.add("a")) == 1
        assert await second.write(there.add("b")) == 2
        assert await second.write(there.add("c")) == 3
        assert await first.write(here.add("d"), on_commit=order.append) == 4
    (entries,) = here.heard
    assert entries is not None
    assert [(entry.origin, entry.version, entry.kinds, entry.payload) for entry in entries] == [
        ("there", 2, ("tally",), b"2"),
        ("there", 3, ("tally",), b"3"),
    ]
    assert order == [entries, 4]


async def test_a_failed_group_hears_of_the_changes_once_more(server: PostgresServer) -> None:
    url = server.fresh_url()
    here, there = Tally(), Tally()
    async with opened(url) as first, opened(url) as second:
        first.add_participant(here)
        second.add_participant(there)
        await second.write(there.add("a"))
        failed, after = await asyncio.gather(
            first.write(lambda tx: tx.execute("SELECT * FROM nowhere").rowcount),
            first.write(here.add("b")),
            return_exceptions=True,
        )
    assert isinstance(failed, Exception)
    assert after == 2


async def test_who_was_away_for_longer_than_the_feed_is_kept_reads_everything(server: PostgresServer) -> None:
    url = server.fresh_url()
    here, there = Tally(), Tally()
    async with opened(url) as first, opened(url) as second:
        first.add_participant(here)
        second.add_participant(there)
        await first.write(here.add("a"))
        await second.write(there.add("b"))
        await second.write(lambda tx: tx.execute("DELETE FROM feed").rowcount, order="free")
        await second.write(there.add("c"))
        assert await first.write(here.add("d")) == 4
    assert here.heard == [None]


async def test_processes_that_change_one_thing_at_once_miss_nothing(server: PostgresServer) -> None:
    url = server.fresh_url()
    tallies = [Tally() for _ in range(3)]
    async with opened(url) as first, opened(url) as second, opened(url) as third:
        stores = (first, second, third)
        for store, tally in zip(stores, tallies, strict=True):
            store.add_participant(tally)
        results = await asyncio.gather(
            *(
                store.write(tally.add(f"{number} of {place}"))
                for number in range(100)
                for place, (store, tally) in enumerate(zip(stores, tallies, strict=True))
            )
        )
    assert sorted(results) == list(range(1, 301))


async def test_listeners_hear_which_kinds_a_foreign_write_changed(server: PostgresServer) -> None:
    url = server.fresh_url()
    async with opened(url) as first, opened(url) as second:
        heard, own = list[FeedEntry](), list[FeedEntry]()
        await first.write(lambda _tx: None, kinds=("first",))
        first.feed.on(("alerts", "halt"), heard.append, own=False)
        first.feed.on(("alerts",), own.append)
        await second.write(lambda _tx: None, kinds=("alerts", "backups"))
        with pytest.raises(ValueError, match="undone"):
            await second.write(_fail, kinds=("halt",))
        await second.write(lambda _tx: None)
        await first.write(lambda _tx: None, kinds=("alerts",))
    assert [(entry.kinds, entry.own, entry.origin) for entry in heard] == [
        (("alerts", "backups"), False, second.members.me.id)
    ]
    assert [entry.own for entry in own] == [False, True]


def _fail(_tx: Tx) -> None:
    raise ValueError("undone")
