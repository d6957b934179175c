"""A new store gets its tables from a copy: the steps of the schema take longer than most tests."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.store import MigrationResult
from core.store.migrations import Migration
from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite import opening
from core.store.sqlite.migrating import migrate
from state.schema import STATE_MIGRATIONS

_ALL = (*CORE_MIGRATIONS, *STATE_MIGRATIONS)


@contextmanager
def copied_tables() -> Iterator[None]:
    """While it lasts, this process fills each new store of Helix from the first one of that version."""
    copies: dict[str, tuple[sqlite3.Connection, MigrationResult]] = {}

    def fill(
        connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration], app_version: str
    ) -> MigrationResult:
        is_new = connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone() is None
        if not is_new or tuple(migrations) != _ALL:
            return migrate(connection, path, migrations, app_version)
        if app_version not in copies:
            copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
            copies[app_version] = copy, migrate(copy, path, migrations, app_version)
        copy, result = copies[app_version]
        copy.backup(connection)
        return result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "migrate", fill)
        yield
    for copy, _ in copies.values():
        copy.close()
