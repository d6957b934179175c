"""What a store on SQLite leaves behind, and its figures."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from core.store.sqlite import SqliteStore
from tests.core.store.notes_store import add, notes, open_database, store_threads


def modes(folder: Path) -> set[int]:
    return {path.stat().st_mode & 0o777 for path in folder.glob("helix.db*")}


def leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


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
