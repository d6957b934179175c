"""Work on a database that no process has open."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from core.store.errors import DatabaseUnusable
from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite.offline import open_offline, transaction


def test_a_database_that_another_program_locks_meanwhile_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.store.sqlite.offline.BUSY_TIMEOUT_MS", 10)
    path = tmp_path / "a.db"

    def write_while_locked(other: sqlite3.Connection) -> None:
        with open_offline(path, CORE_MIGRATIONS, "0.1.0") as connection:
            other.execute("BEGIN IMMEDIATE")
            with transaction(connection):
                pass

    with (
        closing(sqlite3.connect(path, isolation_level=None)) as other,
        pytest.raises(DatabaseUnusable, match=r"a\.db: Another program has locked the database"),
    ):
        write_while_locked(other)


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    insert = "INSERT INTO remembered (scope, key, value, updated_at) VALUES (?, 'k', 'v', '')"
    with open_offline(tmp_path / "a.db", CORE_MIGRATIONS, "0.1.0") as connection:
        with transaction(connection):
            connection.execute(insert, ("kept",))
        with pytest.raises(sqlite3.IntegrityError), transaction(connection):
            connection.executemany(insert, [("lost",), ("kept",)])
        assert connection.execute("SELECT scope FROM remembered").fetchall() == [("kept",)]
    with open_offline(tmp_path / "a.db", CORE_MIGRATIONS, "0.1.0") as connection:
        assert connection.execute("SELECT value FROM meta WHERE key = 'unclean_stops'").fetchone() == ("0",)
