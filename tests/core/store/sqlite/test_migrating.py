"""Schema steps: in order, each whole, after a backup, and never backwards."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path

import pytest

from core.store.errors import DatabaseTooNew, DatabaseUnusable
from core.store.migrations import Migration
from core.store.sqlite import SqliteStore

ONE = Migration(10, "one", ("CREATE TABLE one (x INTEGER)", "INSERT INTO one VALUES (1)"))
TWO = Migration(50, "two", ("CREATE TABLE two (x INTEGER)",))
# A later step of the earlier range, as a later version would bring it.
BETWEEN = Migration(11, "between", ("CREATE TABLE between_ (x INTEGER)",))
BROKEN = Migration(60, "broken", ("CREATE TABLE half (x INTEGER)", "INSERT INTO nowhere VALUES (1)"))


async def opened(path: Path, *migrations: Migration, version: str = "0.1.0") -> SqliteStore:
    return await SqliteStore.open(path, migrations, app_version=version)


async def open_and_close(path: Path, *migrations: Migration, version: str = "0.1.0") -> SqliteStore:
    database = await opened(path, *migrations, version=version)
    await database.close()
    return database


def tables(path: Path) -> set[str]:
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    connection.close()
    return {row[0] for row in rows} - {"meta", "applied_migrations"}


def user_version(path: Path) -> int:
    connection = sqlite3.connect(path)
    try:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
    finally:
        connection.close()


def backups(path: Path) -> dict[str, int]:
    return {found.name: found.stat().st_mode & 0o777 for found in path.parent.glob("*.bak*")}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "helix.db"


async def test_a_new_database_gets_every_step_and_no_backup(path: Path) -> None:
    database = await open_and_close(path, TWO, ONE)
    assert tables(path) == {"one", "two"}
    assert user_version(path) == 50
    assert database.recovery.migration.applied == (10, 50)
    assert backups(path) == {}


async def test_a_start_says_what_it_applied_in_one_line_and_names_the_steps_at_debug_only(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "core.store.sqlite.migrating")
    await open_and_close(path, ONE, TWO)
    told = [
        one.getMessage() for one in caplog.records if one.levelno >= logging.INFO and "migrated" in one.msg
    ]
    assert told == ["store.migrated from=0 to=50 steps=2"]
    assert "store.migrated_step number=10 name=one" in caplog.text
    caplog.clear()
    await open_and_close(path, ONE, TWO)
    assert "migrated" not in caplog.text


async def test_a_second_start_applies_nothing(path: Path) -> None:
    await open_and_close(path, ONE)
    database = await open_and_close(path, ONE)
    assert database.recovery.migration.applied == ()
    assert backups(path) == {}


async def test_a_step_of_a_lower_range_is_not_taken_for_done(path: Path) -> None:
    await open_and_close(path, ONE, TWO)
    database = await open_and_close(path, ONE, BETWEEN, TWO)
    assert database.recovery.migration.applied == (11,)
    assert tables(path) == {"one", "two", "between_"}
    assert user_version(path) == 50


async def test_a_private_backup_comes_first_where_there_was_data(path: Path) -> None:
    await open_and_close(path, ONE)
    database = await open_and_close(path, ONE, TWO)
    assert backups(path) == {"helix.db.v10.bak": 0o600}
    backup = database.recovery.migration.backup
    assert backup is not None
    assert tables(backup) == {"one"}
    assert user_version(backup) == 10


async def test_a_backup_holds_what_only_the_log_had(path: Path) -> None:
    first = await opened(path, ONE)
    await first.write(lambda connection: connection.execute("INSERT INTO one VALUES (2)"))
    copy = path.with_name("crashed.db")
    for suffix in ("", "-wal"):
        copy.with_name(copy.name + suffix).write_bytes(path.with_name(path.name + suffix).read_bytes())
    await first.close()
    second = await open_and_close(copy, ONE, TWO)
    backup = second.recovery.migration.backup
    assert backup is not None
    connection = sqlite3.connect(backup)
    assert connection.execute("SELECT x FROM one").fetchall() == [(1,), (2,)]
    connection.close()


async def test_a_failing_step_leaves_the_database_as_it_was(path: Path) -> None:
    await open_and_close(path, ONE)
    with pytest.raises(DatabaseUnusable, match=r"step 60 \(broken\).*nowhere.*before is .*v10\.bak"):
        await opened(path, ONE, BROKEN)
    assert tables(path) == {"one"}
    assert user_version(path) == 10
    await open_and_close(path, ONE)


async def test_the_steps_before_a_failing_one_stay_and_it_is_tried_again(path: Path) -> None:
    with pytest.raises(DatabaseUnusable):
        await opened(path, ONE, TWO, BROKEN)
    assert tables(path) == {"one", "two"}
    mended = Migration(60, "broken", ("CREATE TABLE half (x INTEGER)",))
    database = await open_and_close(path, ONE, TWO, mended)
    assert database.recovery.migration.applied == (60,)


async def test_an_older_backup_of_the_same_step_is_replaced_whole(path: Path) -> None:
    await open_and_close(path, ONE)
    path.with_name("helix.db.v10.bak").write_text("an old one")
    path.with_name("helix.db.v10.bak.partial").write_text("cut off")
    await open_and_close(path, ONE, TWO)
    assert backups(path) == {"helix.db.v10.bak": 0o600}
    assert tables(path.with_name("helix.db.v10.bak")) == {"one"}


async def test_a_newer_database_is_refused_naming_the_version_that_reads_it(path: Path) -> None:
    await open_and_close(path, ONE, TWO, version="0.3.0")
    with pytest.raises(DatabaseTooNew, match=r"helix\.db was last written by Helix 0\.3\.0.*Helix 0\.1\.0"):
        await opened(path, ONE)
    assert tables(path) == {"one", "two"}


async def test_a_newer_database_without_our_tables_is_refused_too(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(DatabaseTooNew, match="a later version of Helix"):
        await opened(path, ONE)


async def test_two_steps_with_one_number_are_a_mistake(path: Path) -> None:
    with pytest.raises(ValueError, match="share a number"):
        await opened(path, ONE, Migration(10, "again", ()))


async def test_a_backup_that_cannot_be_made_stops_the_start(path: Path) -> None:
    await open_and_close(path, ONE)
    path.with_name("helix.db.v10.bak").mkdir()
    with pytest.raises(DatabaseUnusable, match="HELIX_DATA_DIR"):
        await opened(path, ONE, TWO)
    assert tables(path) == {"one"}
    assert not path.with_name("helix.db.v10.bak.partial").exists()
