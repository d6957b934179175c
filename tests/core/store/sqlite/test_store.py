"""The store as its users meet it: commit hooks, cancelled callers, a full queue, closing, and its figures."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from core.store.errors import StoreClosed, StoreOverloaded
from core.store.sqlite import SqliteStore
from tests.core.store.notes_store import Gate, add, notes, open_database, turns


def modes(folder: Path) -> set[int]:
    return {path.stat().st_mode & 0o777 for path in folder.glob("helix.db*")}


def leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_commit_hooks_run_in_order_before_any_waiter(database: SqliteStore) -> None:
    seen: list[str] = []

    async def one(body: str) -> None:
        await database.write(add(body), on_commit=lambda result: seen.append(f"hook {result}"))
        seen.append(f"waiter {body}")

    gate = Gate()
    holder = asyncio.create_task(database.write(gate))
    assert await asyncio.to_thread(gate.entered.wait, 10)
    tasks = [asyncio.create_task(one(body)) for body in ("a", "b", "c")]
    await turns()
    gate.opened.set()
    await asyncio.gather(holder, *tasks)
    assert seen == ["hook a", "hook b", "hook c", "waiter a", "waiter b", "waiter c"]


async def test_a_failing_hook_takes_success_from_nobody(
    database: SqliteStore, caplog: pytest.LogCaptureFixture
) -> None:
    def hook(_: str) -> None:
        raise RuntimeError("hook")

    assert await database.write(add("a"), on_commit=hook) == "a"
    assert "store.commit_hook_failed" in caplog.text


async def test_a_cancelled_caller_whose_work_was_taken_is_published(database: SqliteStore) -> None:
    gate = Gate()
    published = asyncio.Event()

    def work(connection: sqlite3.Connection) -> str:
        gate(connection)
        return add("kept")(connection)

    task = asyncio.create_task(database.write(work, on_commit=lambda _: published.set()))
    assert await asyncio.to_thread(gate.entered.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    gate.opened.set()
    await asyncio.wait_for(published.wait(), 40)
    assert await notes(database) == ["kept"]


async def test_a_cancelled_caller_whose_work_still_waited_changes_nothing(database: SqliteStore) -> None:
    gate = Gate()
    holder = asyncio.create_task(database.write(gate))
    assert await asyncio.to_thread(gate.entered.wait, 10)
    task = asyncio.create_task(database.write(add("never")))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    gate.opened.set()
    await holder
    await database.write(add("after"))
    assert await notes(database) == ["after"]


async def test_a_full_queue_refuses_clearly(tmp_path: Path) -> None:
    database = await open_database(tmp_path, queue_limit=3)
    gate = Gate()
    holder = asyncio.create_task(database.write(gate))
    assert await asyncio.to_thread(gate.entered.wait, 10)
    waiting = [asyncio.create_task(database.write(add(f"n{number}"))) for number in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(StoreOverloaded, match="busy"):
        await database.write(add("one too many"))
    gate.opened.set()
    await asyncio.gather(holder, *waiting)
    assert await notes(database) == ["n0", "n1", "n2"]
    await database.close()


async def test_closing_finishes_what_was_accepted(tmp_path: Path) -> None:
    database = await open_database(tmp_path)
    tasks = [asyncio.create_task(database.write(add(f"n{number}"))) for number in range(600)]
    await asyncio.sleep(0)
    await database.close()
    assert len(await asyncio.gather(*tasks)) == 600
    again = await open_database(tmp_path)
    assert len(await notes(again)) == 600
    await again.close()


async def test_closing_removes_the_log_only_after_everybody_has_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await open_database(tmp_path)
    writer, thread = database._writer, database._queue._thread
    look = writer._gone
    assert thread is not None

    def look_late() -> str | None:
        thread.join(0.05)
        return look()

    monkeypatch.setattr(writer, "_gone", look_late)
    writing = asyncio.create_task(database.write(add("last")))
    await asyncio.sleep(0)
    await database.close()
    await writing


async def test_a_closed_store_says_so_and_may_be_closed_again(tmp_path: Path) -> None:
    database = await open_database(tmp_path)
    await database.close()
    await database.close()
    with pytest.raises(StoreClosed):
        await database.write(add("late"))
    with pytest.raises(StoreClosed):
        await database.read(lambda c: c.execute("SELECT 1").fetchone())


def store_threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name.startswith("helix-store")}


async def test_closing_ends_its_threads_and_empties_the_log(tmp_path: Path) -> None:
    before = store_threads()
    database = await open_database(tmp_path)
    await database.write(add("a"))
    await database.close()
    assert store_threads() <= before
    assert leftovers(tmp_path) == ["helix.db"]


async def test_the_file_is_private(tmp_path: Path) -> None:
    database = await open_database(tmp_path)
    await database.write(add("a"))
    assert modes(tmp_path) == {0o600}
    await database.close()


async def test_a_cancelled_opening_leaves_nothing_behind(tmp_path: Path) -> None:
    before = store_threads()
    opening = asyncio.create_task(open_database(tmp_path))
    await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert store_threads() <= before
    database = await open_database(tmp_path)
    await database.close()


async def test_stats_tell_counts_and_sizes(database: SqliteStore) -> None:
    await database.write(add("a"))
    await notes(database)
    stats = database.stats()
    assert stats.writes == 1
    assert stats.reads == 1
    assert stats.size_bytes > 0
    assert stats.wal_bytes > 0
    assert stats.last_commit_s is not None
    assert stats.last_commit_s >= 0
    assert stats.waiting == 0
    assert stats.last_error is None
