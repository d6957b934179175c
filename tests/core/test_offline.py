"""Work on a database that no process has open."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from core.offline import open_offline, transaction
from core.schema import CORE_MIGRATIONS


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
