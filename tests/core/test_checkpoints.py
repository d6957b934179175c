"""What was committed moves into the database file beside the writer; the log stays bounded without that."""

from __future__ import annotations

import asyncio
import logging
import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from core._checkpoints import Checkpoints
from core.database import Database
from tests.core.notes_store import add, notes, open_database

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
    async with asyncio.timeout(10):
        while len(moved(folder)) < count:
            await asyncio.sleep(0.01)


async def write(database: Database, count: int, size: int = 1) -> None:
    for number in range(count):
        await database.write(add(f"{number:04} {'x' * size}"))


@pytest.fixture
def never(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread has nothing to do."""
    monkeypatch.setattr("core._checkpoints.GROUPS_APART", 1_000_000)


async def test_after_so_many_groups_all_of_it_is_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core._checkpoints.GROUPS_APART", 20)
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
async def test_the_log_is_bounded_though_the_thread_does_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core._connection.MOST_WAL_PAGES", 50)
    database = await open_database(tmp_path)
    await write(database, 200, size=4 * PAGE_BYTES)
    assert database.stats().wal_bytes < 100 * PAGE_BYTES
    await database.close()


async def test_trouble_is_logged_and_the_next_time_it_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("core._checkpoints.GROUPS_APART", 1)
    database = await open_database(tmp_path)
    tried: list[int] = []

    def connect() -> sqlite3.Connection:
        tried.append(1)
        if len(tried) == 1:
            raise sqlite3.OperationalError("unable to open database file")
        return sqlite3.connect(tmp_path / "helix.db", isolation_level=None)

    checkpoints = Checkpoints(connect)
    checkpoints.start()
    await write(database, 3)
    with caplog.at_level(logging.WARNING, "core._checkpoints"):
        async with asyncio.timeout(10):
            while len(tried) < 2:
                checkpoints.committed()
                await asyncio.sleep(0.01)
    assert "store.checkpoint_failed error=unable to open database file" in caplog.text
    await until_moved(tmp_path, 3)
    await asyncio.to_thread(checkpoints.stop)
    await database.close()


def test_a_stop_in_the_moment_of_waking_is_heard(tmp_path: Path) -> None:
    checkpoints = Checkpoints(lambda: sqlite3.connect(tmp_path / "a.db"))

    class Due(threading.Event):
        def clear(self) -> None:
            checkpoints._stopping.set()
            self.set()
            super().clear()

    checkpoints._due = Due()
    checkpoints.start()
    checkpoints._due.set()
    checkpoints._thread.join(10)
    assert not checkpoints._thread.is_alive()


def test_it_may_be_stopped_twice_and_unstarted(tmp_path: Path) -> None:
    unstarted = Checkpoints(lambda: sqlite3.connect(tmp_path / "a.db"))
    unstarted.stop()
    started = Checkpoints(lambda: sqlite3.connect(tmp_path / "a.db"))
    started.start()
    started.stop()
    started.stop()
    assert not (tmp_path / "a.db").exists()
