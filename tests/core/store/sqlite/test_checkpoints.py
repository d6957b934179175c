"""What was committed moves into the database file between groups; the log stays bounded without that."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from core.store.sqlite import SqliteStore
from core.store.sqlite.checkpoints import Checkpoints
from tests.core.store.notes_store import add, notes, open_database

PAGE_BYTES = 4_096


def moved(folder: Path) -> list[str]:
    """The notes that stand in the database file itself, without its log."""
    copy = shutil.copy(folder / "helix.db", folder / "copy.db")
    with closing(sqlite3.connect(copy)) as connection:
        try:
            return [row[0] for row in connection.execute("SELECT body FROM notes ORDER BY id")]
        except sqlite3.DatabaseError:
            return []  # copied while it was written


async def until_moved(folder: Path, count: int) -> None:
    async with asyncio.timeout(40):
        while len(moved(folder)) < count:
            await asyncio.sleep(0.01)


async def write(database: SqliteStore, count: int, size: int = 1) -> None:
    for number in range(count):
        await database.write(add(f"{number:04} {'x' * size}"))


@pytest.fixture
def never(monkeypatch: pytest.MonkeyPatch) -> None:
    """No number of groups is enough."""
    monkeypatch.setattr("core.store.sqlite.checkpoints.GROUPS_APART", 1_000_000)


async def test_after_so_many_groups_all_of_it_is_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.store.sqlite.checkpoints.GROUPS_APART", 20)
    database = await open_database(tmp_path)
    await write(database, 20)
    await until_moved(tmp_path, 20)
    await write(database, 20, size=2)
    await until_moved(tmp_path, 40)
    await database.close()


@pytest.mark.usefixtures("never")
async def test_until_then_a_commit_moves_nothing(tmp_path: Path) -> None:
    database = await open_database(tmp_path)
    # More than the thousand pages after which SQLite would do it by itself.
    await write(database, 300, size=4 * PAGE_BYTES)
    assert database.stats().wal_bytes > 1_000 * PAGE_BYTES
    assert moved(tmp_path) == []
    assert len(await notes(database)) == 300
    await database.close()
    assert len(moved(tmp_path)) == 300


@pytest.mark.usefixtures("never")
async def test_the_log_is_bounded_though_no_number_of_groups_is_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.store.sqlite.connection.MOST_WAL_PAGES", 50)
    database = await open_database(tmp_path)
    await write(database, 200, size=4 * PAGE_BYTES)
    assert database.stats().wal_bytes < 100 * PAGE_BYTES
    await database.close()


async def test_trouble_is_logged_and_the_next_time_it_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("core.store.sqlite.checkpoints.GROUPS_APART", 3)
    database = await open_database(tmp_path)
    kept: list[sqlite3.Cursor] = []

    def keep_reading(connection: sqlite3.Connection) -> None:
        cursor = connection.execute("SELECT id FROM notes UNION ALL SELECT 2")
        cursor.fetchone()
        kept.append(cursor)

    await write(database, 1)
    await database.write(keep_reading)
    await write(database, 1, size=2)
    await database.write(lambda _: kept.pop().close())
    assert "store.checkpoint_failed error=database table is locked" in caplog.text
    await write(database, 2, size=3)
    await until_moved(tmp_path, 4)
    await database.close()


async def test_only_the_writer_moves_what_was_committed_and_never_within_a_transaction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.store.sqlite.checkpoints.GROUPS_APART", 2)
    real, passes = sqlite3.connect, list[tuple[str, bool]]()

    def connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = real(*arguments, **options)

        def trace(statement: str) -> None:
            if "wal_checkpoint" in statement:
                passes.append((threading.current_thread().name, connection.in_transaction))

        connection.set_trace_callback(trace)
        return connection

    monkeypatch.setattr(sqlite3, "connect", connect)
    database = await open_database(tmp_path)
    for number in range(20):
        await asyncio.gather(database.write(add(f"a{number}")), notes(database))
    await until_moved(tmp_path, 20)
    await database.close()
    assert len(passes) > 5
    assert set(passes) == {("helix-store-writer", False)}


async def test_who_has_committed_does_not_wait_for_what_is_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await open_database(tmp_path)
    moving, told = threading.Event(), threading.Event()

    def run_if_due(_checkpoints: Checkpoints, _connection: sqlite3.Connection) -> None:
        moving.set()
        assert told.wait(10)

    monkeypatch.setattr(Checkpoints, "run_if_due", run_if_due)
    await database.write(add("a"))
    assert await asyncio.to_thread(moving.wait, 10)
    told.set()
    await database.close()


async def test_what_a_reader_still_needs_is_moved_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.store.sqlite.checkpoints.GROUPS_APART", 5)
    database = await open_database(tmp_path)
    await write(database, 5)
    await until_moved(tmp_path, 5)
    with closing(sqlite3.connect(tmp_path / "helix.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM notes").fetchone() == (5,)
        await write(database, 20, size=2)
        assert len(moved(tmp_path)) == 5
        assert reader.execute("SELECT count(*) FROM notes").fetchone() == (5,)
    await write(database, 5, size=3)
    await until_moved(tmp_path, 30)
    await database.close()
