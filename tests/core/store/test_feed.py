"""The feed tells what was committed, in commit order, to those who want its kinds."""

from pathlib import Path

import pytest

from core.store.feed import EVERYTHING, FeedEntry, FeedListeners
from core.store.sqlite import SqliteStore
from core.store.tx import Tx


def foreign(*kinds: str) -> FeedEntry:
    return FeedEntry(seq=7, origin="other", kinds=kinds)


def nothing(_tx: Tx) -> None:
    pass


async def opened(folder: Path) -> SqliteStore:
    return await SqliteStore.open(folder / "helix.db", (), app_version="1")


async def test_commits_are_told_in_order_after_their_hooks(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    heard: list[object] = []
    store.feed.on(("alerts", "halt"), heard.append)
    await store.write(nothing, kinds=("alerts",), on_commit=lambda _: heard.append("hook"))
    await store.write(nothing, kinds=("backups",))
    await store.write(nothing)
    await store.write_item(1, lambda _tx, items: items, kinds=("halt", "alerts"))
    await store.close()
    assert heard[0] == "hook"
    entries = [entry for entry in heard if isinstance(entry, FeedEntry)]
    assert [entry.kinds for entry in entries] == [("alerts",), ("halt", "alerts")]
    assert [entry.seq for entry in entries] == [1, 2]
    assert {(entry.own, entry.origin) for entry in entries} == {(True, store.members.me.id)}


async def test_a_failed_write_tells_nothing(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    heard: list[FeedEntry] = []
    store.feed.on(("alerts",), heard.append)

    def fail(_tx: Tx) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await store.write(fail, kinds=("alerts",))
    await store.close()
    assert heard == []


async def test_a_failing_hook_does_not_silence_the_feed(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    heard: list[FeedEntry] = []
    store.feed.on(("alerts",), heard.append)

    def fail(_result: None) -> None:
        raise ValueError

    await store.write(nothing, kinds=("alerts",), on_commit=fail)
    await store.close()
    assert len(heard) == 1


async def test_nobody_listens_to_own_commits_so_the_hook_is_used_as_it_is(tmp_path: Path) -> None:
    store = await opened(tmp_path)

    def hook(_: object) -> None:
        pass

    store.feed.on(("alerts",), lambda _: None, own=False)
    assert store.feed.after(hook, ("alerts",)) is hook
    leave = store.feed.on(("alerts",), lambda _: None)
    assert store.feed.after(hook, ("alerts",)) is not hook
    assert store.feed.after(hook, ("halt",)) is hook
    leave()
    assert store.feed.after(hook, ("alerts",)) is hook
    await store.close()


def test_foreign_entries_reach_those_who_want_no_own_ones() -> None:
    feed, heard = FeedListeners(), list[FeedEntry]()
    leave = feed.on(("alerts", "halt"), heard.append, own=False)
    feed.tell(FeedEntry(seq=1, origin="me", kinds=("alerts",), own=True))
    feed.tell(foreign("backups"))
    feed.tell(foreign("halt", "alerts"))
    feed.tell(foreign(EVERYTHING))
    leave()
    leave()
    feed.tell(foreign("alerts"))
    assert [entry.kinds for entry in heard] == [("halt", "alerts"), (EVERYTHING,)]


def test_a_failing_listener_affects_no_other() -> None:
    feed, heard = FeedListeners(), list[FeedEntry]()

    def fail(_entry: FeedEntry) -> None:
        raise ValueError

    feed.on(("alerts",), fail)
    feed.on(("alerts",), heard.append)
    feed.tell(foreign("alerts"))
    assert len(heard) == 1
