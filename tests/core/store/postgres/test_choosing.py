"""DATABASE_URL chooses the engine; without it nothing of PostgreSQL is imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core.logs.secret import Secret
from core.settings import Settings
from core.store.errors import DatabaseUnusable
from core.store.opening import describe_engine, open_store, place_of
from core.store.postgres import PostgresStore
from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite import SqliteStore
from tests.postgres_server import PostgresServer


async def test_sqlite_is_the_default(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, helix_node="blue-1")
    store = await open_store(settings, CORE_MIGRATIONS, app_version="0.1.0")
    assert isinstance(store, SqliteStore)
    assert store.place == place_of(settings) == str(tmp_path / "helix.db")
    assert describe_engine(settings).startswith(store.stats().engine)
    assert store.members.me.node == "blue-1"
    await store.close()


async def test_an_address_opens_that_database(server: PostgresServer, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url=Secret(server.fresh_url()), helix_node="blue-1")
    store = await open_store(settings, CORE_MIGRATIONS, app_version="0.1.0")
    assert isinstance(store, PostgresStore)
    assert store.members.me.node == "blue-1"
    assert store.place == place_of(settings)
    assert describe_engine(settings) == f"{store.stats().engine} at {store.place}"
    await store.close()
    assert not settings.database_path.exists()


async def test_a_server_that_is_not_there_is_named_without_the_password(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path, database_url=Secret("postgresql://helix:open-sesame@127.0.0.1:1/d")
    )
    with pytest.raises(DatabaseUnusable, match=r"127\.0\.0\.1:1/d") as opening:
        await open_store(settings, CORE_MIGRATIONS, app_version="0.1.0")
    with pytest.raises(DatabaseUnusable, match=r"127\.0\.0\.1:1/d") as checking:
        describe_engine(settings)
    assert "sesame" not in f"{opening.value}{checking.value}"


def test_without_it_nothing_of_postgresql_is_imported() -> None:
    code = "import sys, core.store.opening; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert "core.store.sqlite" in done.stdout.split()
    assert not [name for name in done.stdout.split() if "postgres" in name or "psycopg" in name]
