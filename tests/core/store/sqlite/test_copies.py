"""Copies of a database: made while it is in use, read although they may be forged, and scrubbed."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from core.store.errors import CopyDamaged, CopyFault, StoreError, is_engines_own
from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite import SqliteStore
from core.store.sqlite.copying import copy_in_use
from core.store.sqlite.files import bytes_in_use, earlier_copies, wal_path
from core.store.sqlite.inspecting import (
    Difference,
    bookkeeping_difference,
    open_to_read,
    open_untrusted,
    recorded_steps,
    schema_difference,
    schema_step,
)
from core.store.sqlite.offline import open_to_erase
from core.store.sqlite.scrubbing import holds_any, scrub
from core.store.tx import Tx

INSERT = "INSERT INTO remembered (scope, key, value, updated_at) VALUES (?, 'k', ?, '')"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = await SqliteStore.open(tmp_path / "helix.db", CORE_MIGRATIONS, app_version="0.1.0")
    await opened.write(lambda tx: tx.executemany(INSERT, [(str(n), "value" * 100) for n in range(5_000)]))
    yield opened
    await opened.close()


def nothing(_tx: Tx) -> None:
    """Changes nothing in a copy."""


async def test_a_copy_is_one_file_of_one_moment_and_counts_as_stopped(
    database: SqliteStore, tmp_path: Path
) -> None:
    target, seen = tmp_path / "copy.db", list[tuple[int, int]]()

    def amend(tx: Tx) -> None:
        tx.execute("DELETE FROM remembered WHERE scope = '7'")

    copy_in_use(database.path, target, on_step=lambda *step: seen.append(step), amend=amend)
    assert len(seen) > 1
    assert seen[-1][0] == seen[-1][1]
    assert target.stat().st_mode & 0o777 == 0o600
    assert not wal_path(target).exists()
    with open_untrusted(target, stopped=lambda: False) as tx:
        assert tx.execute("SELECT count(*) FROM remembered").fetchone() == (4_999,)
        assert tx.execute("SELECT value FROM meta WHERE key = 'run'").fetchone() == ("stopped",)


async def test_a_caller_can_end_a_copy(database: SqliteStore, tmp_path: Path) -> None:
    def stop(_done: int, _total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        copy_in_use(database.path, tmp_path / "copy.db", on_step=stop, amend=nothing)


async def test_a_damaged_source_is_a_fault_of_the_copy(tmp_path: Path) -> None:
    source = tmp_path / "a.db"
    source.write_bytes(b"not a database" * 1_000)
    with pytest.raises(CopyDamaged, match="not a database"):
        copy_in_use(source, tmp_path / "copy.db", on_step=lambda *_: None, amend=nothing)


def test_a_damaged_file_is_told_from_one_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (a)")
        connection.executemany("INSERT INTO t VALUES (?)", [("x" * 100,)] * 1_000)
        connection.commit()
    data = bytearray(path.read_bytes())
    data[3 * 4096 : 3 * 4096 + 64] = b"\xff" * 64
    path.write_bytes(data)
    with pytest.raises(CopyDamaged), open_untrusted(path, stopped=lambda: False):
        pass
    with pytest.raises(CopyFault, match="unable to open"), open_to_read(tmp_path / "gone" / "a.db"):
        pass


async def test_reading_a_forged_file_ends_when_asked(database: SqliteStore) -> None:
    forever = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    asked = list[Tx]()

    def read() -> None:
        with open_untrusted(database.path, stopped=lambda: bool(asked)) as tx:
            asked.append(tx)
            tx.execute(forever)

    with pytest.raises(CopyFault, match="interrupted"):
        read()


async def test_a_schema_is_compared_entry_by_entry(database: SqliteStore) -> None:
    with open_to_read(database.path) as tx:
        step = schema_step(tx)
        assert step == max(recorded_steps(tx))
        assert bookkeeping_difference(tx) is None
        assert schema_difference(tx, CORE_MIGRATIONS) is None
        lacking = schema_difference(tx, CORE_MIGRATIONS[:0])
    assert lacking is not None
    assert (lacking.kind, lacking.found) == ("table", True)
    await database.close()
    with closing(sqlite3.connect(database.path)) as connection:
        connection.execute("DROP TABLE applied_migrations")
        connection.execute("CREATE VIEW applied_migrations AS SELECT 1 AS number")
    with open_to_read(database.path) as tx:
        assert bookkeeping_difference(tx) in {
            Difference("table", "applied_migrations", found=False),
            Difference("view", "applied_migrations", found=True),
        }


def test_freed_pages_are_scrubbed_too(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("CREATE TABLE t (a TEXT, b BLOB, c INTEGER)")
        connection.executemany("INSERT INTO t VALUES (?, ?, 1)", [("a-word" * 10, b"x")] * 50)
        connection.execute("DELETE FROM t")
    assert holds_any(path, ("a-word",))
    assert scrub(path, ("a-word",), "***")
    assert not holds_any(path, ("a-word",))
    assert not scrub(path, ("a-word",), "***")
    assert not scrub(path, (), "***")


def test_a_file_that_cannot_be_scrubbed_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"not a database" * 1_000)
    with pytest.raises(CopyDamaged):
        scrub(path, ("a-word",), "***")


async def test_what_is_erased_leaves_the_file(database: SqliteStore) -> None:
    await database.write(lambda tx: tx.execute(INSERT, ("who", "a-word-of-theirs")))
    await database.close()
    assert holds_any(database.path, ("a-word-of-theirs",))
    with open_to_erase(database.path, CORE_MIGRATIONS, "0.1.0") as tx:
        tx.execute("DELETE FROM remembered WHERE scope = 'who'")
    assert not holds_any(database.path, ("a-word-of-theirs",))


def test_a_failed_erasure_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "helix.db"
    with open_to_erase(path, CORE_MIGRATIONS, "0.1.0") as tx:
        tx.execute(INSERT, ("kept", "v"))

    def fail() -> None:
        with open_to_erase(path, CORE_MIGRATIONS, "0.1.0") as tx:
            tx.execute("DELETE FROM remembered")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with open_to_read(path) as tx:
        assert tx.execute("SELECT scope FROM remembered").fetchall() == [("kept",)]


def test_the_size_of_a_database_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "helix.db"
    with pytest.raises(FileNotFoundError):
        bytes_in_use(path)
    path.write_bytes(b"12345")
    (tmp_path / "helix.db-wal").write_bytes(b"123")
    (tmp_path / "helix.db.v3.bak").touch()
    assert bytes_in_use(path) == 8
    assert earlier_copies(path) == [tmp_path / "helix.db.v3.bak"]


@pytest.mark.parametrize("error", [sqlite3.OperationalError(), psycopg.errors.UniqueViolation()])
def test_errors_of_the_engines_are_told_from_others(error: Exception) -> None:
    assert is_engines_own(error)


@pytest.mark.parametrize("error", [StoreError(), OSError(), ValueError(), sqlite3.Warning()])
def test_other_errors_are_not_the_engines(error: Exception) -> None:
    assert not is_engines_own(error)
