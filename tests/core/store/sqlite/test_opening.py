"""What a start finds: files that are no database, locks, read-only folders, and an unclean stop."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from core.errors import StartError
from core.store.errors import DatabaseCorrupt, DatabaseUnusable, StoreError
from core.store.migrations import Migration
from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite import SqliteStore
from core.store.sqlite import connection as _connection
from core.store.sqlite.faults import store_error

NOTES = Migration(10, "notes", ("CREATE TABLE notes (body TEXT)", "CREATE INDEX by_body ON notes (body)"))
ALL = (*CORE_MIGRATIONS, NOTES)
NOBODY = 65534


async def opened(path: Path, *, busy_timeout_ms: int = 20) -> SqliteStore:
    return await SqliteStore.open(path, ALL, app_version="0.1.0", busy_timeout_ms=busy_timeout_ms)


def read(path: Path) -> bytes:
    return path.read_bytes()


def write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def make_folder(path: Path) -> None:
    path.mkdir()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "helix.db"


@pytest.fixture
async def filled(path: Path) -> Path:
    database = await opened(path)
    await database.write(
        lambda c: c.executemany("INSERT INTO notes VALUES (?)", [(f"{n} " * 200,) for n in range(200)])
    )
    await database.close()
    return path


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """A folder that this process may not write, also when the tests run as root."""
    folder = Path(tempfile.mkdtemp(prefix="helix-read-only-"))
    folder.chmod(0o555)
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o755)
        shutil.rmtree(folder)


async def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    write(path, b"these are my notes, not a database\n" * 100)
    before = read(path)
    with pytest.raises(DatabaseCorrupt, match=r"helix\.db is damaged.*backup"):
        await opened(path)
    assert read(path) == before


async def test_damaged_pages_are_found_at_the_start(filled: Path) -> None:
    data = bytearray(read(filled))
    middle = len(data) // 2
    data[middle : middle + 4096] = os.urandom(4096)
    write(filled, bytes(data))
    with pytest.raises(DatabaseCorrupt, match=r"helix\.db is damaged"):
        await opened(filled)


async def test_a_file_cut_short_is_found_at_the_start(filled: Path) -> None:
    write(filled, read(filled)[: -3 * 4096])
    with pytest.raises(DatabaseCorrupt, match=r"helix\.db is damaged"):
        await opened(filled)


async def test_a_large_file_is_checked_after_an_unclean_stop_only(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.store.sqlite.opening.QUICK_CHECK_BYTES", 1)
    clean = await opened(filled)
    assert not clean.recovery.checked
    copy = copy_as_a_crash_leaves_it(filled)
    await clean.close()
    crashed = await opened(copy)
    assert crashed.recovery.checked
    await crashed.close()


async def test_an_empty_file_is_a_new_database(path: Path) -> None:
    write(path, b"")
    database = await opened(path)
    assert database.recovery.first_start
    await database.close()


async def test_a_read_only_folder_names_path_and_setting(unprivileged: Path) -> None:
    with pytest.raises(DatabaseUnusable, match=r"helix\.db.*HELIX_DATA_DIR"):
        await opened(unprivileged / "helix.db")


async def test_a_missing_folder_names_path_and_setting(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match=r"nowhere.*HELIX_DATA_DIR"):
        await opened(tmp_path / "nowhere" / "helix.db")


async def test_a_folder_in_the_files_place_is_refused(path: Path) -> None:
    make_folder(path)
    with pytest.raises(StartError, match=r"helix\.db"):
        await opened(path)


@pytest.fixture
async def locked(filled: Path) -> AsyncIterator[Path]:
    other = sqlite3.connect(filled, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    yield filled
    other.execute("COMMIT")
    other.close()


async def test_a_locked_file_says_so(locked: Path) -> None:
    with pytest.raises(DatabaseUnusable, match=r"helix\.db is locked by another program"):
        await opened(locked)


async def test_a_lock_while_running_refuses_the_group_once_and_then_goes_on(filled: Path) -> None:
    told: list[Exception | None] = []
    database = await SqliteStore.open(
        filled, ALL, app_version="0.1.0", busy_timeout_ms=20, on_failure=told.append
    )
    other = sqlite3.connect(filled, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    def add(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO notes VALUES ('x')")

    results = await asyncio.gather(*(database.write(add) for _ in range(5)), return_exceptions=True)
    assert all(isinstance(result, StoreError) and "locked" in str(result) for result in results)
    assert database.stats().last_error is not None
    other.execute("ROLLBACK")
    other.close()
    await database.write(add)
    assert database.stats().last_error is None
    assert told[-1] is None
    count = "SELECT count(*) FROM notes WHERE body = 'x'"
    assert await database.read(lambda c: c.execute(count).fetchone()[0]) == 1
    await database.close()


async def test_a_first_start_is_told_from_a_clean_one(path: Path) -> None:
    first = await opened(path)
    await first.close()
    second = await opened(path)
    await second.close()
    assert first.recovery.first_start
    assert not second.recovery.first_start
    assert not second.recovery.unclean
    assert second.recovery.wal_bytes == 0


def copy_as_a_crash_leaves_it(path: Path) -> Path:
    copy = path.with_name("crashed.db")
    for suffix in ("", "-wal"):
        source = path.with_name(path.name + suffix)
        copy.with_name(copy.name + suffix).write_bytes(source.read_bytes())
    return copy


async def test_an_unclean_stop_is_noticed_and_counted(path: Path) -> None:
    running = await opened(path)
    await running.write(lambda c: c.execute("INSERT INTO notes VALUES ('kept')"))
    copy = copy_as_a_crash_leaves_it(path)
    await running.close()
    after = await opened(copy)
    assert after.recovery.unclean
    assert after.recovery.unclean_stops == 1
    assert after.recovery.wal_bytes > 0
    assert await after.read(lambda c: c.execute("SELECT body FROM notes").fetchall()) == [("kept",)]
    await after.close()
    later = await opened(copy)
    assert not later.recovery.unclean
    assert later.recovery.unclean_stops == 1
    await later.close()


def test_only_failures_of_the_machine_become_store_errors() -> None:
    connection = sqlite3.connect(":memory:")
    with pytest.raises(sqlite3.OperationalError) as caught:
        connection.execute("SELECT nothing FROM nowhere")
    assert store_error(caught.value) is None
    assert store_error(sqlite3.ProgrammingError("no code")) is None
    connection.close()


async def test_a_close_that_cannot_mark_itself_ends_all_the_same(
    filled: Path, caplog: pytest.LogCaptureFixture
) -> None:
    database = await opened(filled)
    other = sqlite3.connect(filled, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    await database.close()
    assert "store.not_left_clean error=database is locked" in caplog.text
    assert "Traceback" not in caplog.text
    other.execute("ROLLBACK")
    other.close()
    again = await opened(filled)
    assert again.recovery.unclean
    await again.close()


def test_a_store_outlives_its_loop(path: Path) -> None:
    """A program that ends without closing: the thread has nobody left to tell, and ends no one."""
    entered, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def work(_: sqlite3.Connection) -> None:
        entered.set()
        assert go_on.wait(10)
        done.set()

    async def leave() -> None:
        database = await opened(path)
        writing = asyncio.create_task(database.write(work))
        assert await asyncio.to_thread(entered.wait, 10)
        writing.cancel()

    asyncio.run(leave())
    go_on.set()
    assert done.wait(10)


def test_a_file_system_that_keeps_no_log_is_refused() -> None:
    refused = pytest.raises(DatabaseUnusable, match=r"helix\.db: the file system does not support")
    with contextlib.closing(connect_writer_to_memory()) as connection, refused:
        _connection._require_wal(connection, Path("/data/helix.db"))


def connect_writer_to_memory() -> sqlite3.Connection:
    """The one kind of database that SQLite never gives a write-ahead log."""
    return sqlite3.connect(":memory:", isolation_level=None)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (sqlite3.SQLITE_FULL, "the disk is full"),
        (sqlite3.SQLITE_IOERR, "cannot be opened"),
        (sqlite3.SQLITE_IOERR_SHORT_READ, "cannot be opened"),
        (sqlite3.SQLITE_BUSY_RECOVERY, "locked by another program"),
    ],
)
def test_what_keeps_it_from_opening_is_said_with_the_path(code: int, text: str) -> None:
    error = sqlite3.OperationalError("what SQLite says")
    error.sqlite_errorcode = code
    readable = _connection.opening_error(error, Path("/data/helix.db"))
    assert isinstance(readable, DatabaseUnusable)
    assert text in str(readable)
    assert "/data/helix.db" in str(readable)
    assert "HELIX_DATA_DIR" in str(readable)
